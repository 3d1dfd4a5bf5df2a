using System.CommandLine;
using Selfsame.Cli;
using Selfsame.Cli.Verbs;

// The verbs, in the order of the help. A new verb is one more line.
Func<Command>[] verbs =
[
    PretrainVerb.Create,
    EvaluateVerb.Create,
    GenerateVerb.Create,
    CompareVerb.Create,
    VerifyVerb.Create,
    DataVerb.Create,
    ListVerb.Create,
    SchemaVerb.Create,
    DoctorVerb.Create,
    BenchVerb.Create,
    ResultsTable.Create,
];

return await CommandRunner.RunFromConsoleAsync(RootVerb.Create(verbs), args);
