"""The policy in CQL for HL7's engine in JavaScript, which runs in Node."""
