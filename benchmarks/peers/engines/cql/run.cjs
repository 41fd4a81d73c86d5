// The process of the CQL engine, which answers as `worker.py` does:
// node run.cjs MODULE ELM CASES

const fs = require('node:fs');
const readline = require('node:readline');

const [modulePath, elm, file] = process.argv.slice(2);
const cql = require(modulePath);
const executor = new cql.Executor(new cql.Library(JSON.parse(elm)));

const BLOCK = 500;

const say = answer => process.stdout.write(JSON.stringify(answer) + '\n');

// The engine asks a patient for the values by name. Dates are made before the clock runs.
class Patient {
  constructor(id, values) {
    this.id = id;
    this.values = values;
  }
  getId() {
    return this.id;
  }
  get(name) {
    return this.values[name];
  }
  findRecords() {
    return [this];
  }
}

class Patients {
  constructor(patients) {
    this.patients = patients;
    this.at = 0;
  }
  currentPatient() {
    return this.patients[this.at];
  }
  nextPatient() {
    this.at += 1;
    return this.currentPatient();
  }
}

const date = text => (text == null ? null : cql.Date.parse(text));

function patient(line) {
  const { case: id, request, patient: person, disease, therapies, liver, treatment } = JSON.parse(line);
  return new Patient(id, {
    requestDate: date(request.date),
    birthDate: date(person.birth_date),
    diagnosis: disease.diagnosis ?? null,
    cd22: disease.cd22 ?? null,
    status: disease.status ?? null,
    philadelphia: disease.philadelphia_chromosome ?? null,
    therapies: therapies.map(each => ({ kind: each.class, outcome: each.outcome })),
    vod: liver.veno_occlusive_disease ?? null,
    bilirubin: liver.bilirubin ?? null,
    bilirubinLimit: liver.bilirubin_upper_limit ?? null,
    ast: liver.ast ?? null,
    astLimit: liver.ast_upper_limit ?? null,
    requested: treatment.cycles_requested ?? null,
    completed: treatment.cycles_completed ?? null
  });
}

const decideAll = patients => executor.exec_expression('Approve', new Patients(patients));

// null, which is not known, is neither: a person decides
const outcome = answer => (answer === true ? 'approve' : answer === false ? 'deny' : 'pend');

async function outcomeOf(line) {
  try {
    const one = patient(line);
    return outcome((await decideAll([one])).patientResults[one.getId()].Approve);
  } catch {
    return 'error';
  }
}

function peakMemory() {
  if (!fs.existsSync('/proc/self/status')) return 0;
  return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]);
}

function firstLine() {
  const descriptor = fs.openSync(file);
  const buffer = Buffer.alloc(65536);
  const size = fs.readSync(descriptor, buffer);
  fs.closeSync(descriptor);
  return buffer.toString('utf8', 0, size).split('\n', 1)[0];
}

const allLines = () => fs.readFileSync(file, 'utf8').trimEnd().split('\n');

async function answers() {
  const found = [];
  for (const line of allLines()) found.push(await outcomeOf(line));
  return found;
}

async function shortest(lines, budget) {
  const start = Date.now();
  let found = await seconds(lines);
  while (Date.now() - start < 1000 * budget) found = Math.min(found, await seconds(lines));
  return found;
}

// Loaded anew in blocks, outside the clock, as in `worker.py`.
async function seconds(lines) {
  let taken = 0n;
  for (let at = 0; at < lines.length; at += BLOCK) {
    const patients = lines.slice(at, at + BLOCK).map(patient);
    const start = process.hrtime.bigint();
    await decideAll(patients);
    taken += process.hrtime.bigint() - start;
  }
  return Number(taken) / 1e9;
}

async function main() {
  say({ first: await outcomeOf(firstLine()), memory: peakMemory() });
  let lines = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    if (asked.do === 'answers') say(await answers());
    if (asked.do === 'time') say(await shortest(lines, asked.seconds));
    if (asked.do === 'read') {
      lines = allLines()
        .slice(asked.first)
        .filter((_, number) => number % asked.every === 0);
      say(lines.length);
    }
  }
}

main();
