using System.CommandLine;
using Selfsame.Cli;
using Selfsame.Cli.Verbs;

// The verbs, in the order of the help. A new verb is one more line.
Func<Command>[] verbs =
[
    PretrainVerb.Create,
    EvaluateVerb.Create,
    EmbedVerb.Create,
    ProbeVerb.Create,
    FinetuneVerb.Create,
    GenerateVerb.Create,
    VerifyVerb.Create,
    DataVerb.Create,
    ListVerb.Create,
    SchemaVerb.Create,
    DoctorVerb.Create,
    BenchVerb.Create,
    ResultsTable.Create,
];

return await CommandRunner.RunFromConsoleAsync(RootVerb.Create(verbs), args);
