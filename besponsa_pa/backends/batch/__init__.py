"""Many cases at once: files of cases to files of decisions, by the SQL of a policy wherever that surely decides.

    files --inputs--> relations --texts, reading--> the table `cases` --sql--> decisions --+
                                                        rows refused --interpreted--> -----+--> outputs --> summary

A row that is not surely read here as a case is read, or that the SQL refuses, goes to the interpreter as its raw text,
inside the same query. So all that is written is decided as the interpreter decides it.
"""
