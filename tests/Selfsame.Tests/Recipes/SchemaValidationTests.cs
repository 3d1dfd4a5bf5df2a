using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Selfsame.Recipes;
using Selfsame.Tests.Parity;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Selfsame.Tests.Recipes;

/// <summary>ajv, a validator that is not ours, fetched once with npm; runs in node.</summary>
public sealed class AjvFixture : IDisposable
{
    private const string Script = """
        import Ajv from 'ajv/dist/2020.js';
        let text = '';
        for await (const chunk of process.stdin) text += chunk;
        const { schema, documents } = JSON.parse(text);
        const validate = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true }).compile(schema);
        console.log(JSON.stringify(documents.map(d => validate(d) ? '' : validate.errors.map(e => `${e.instancePath} ${e.message}`).join('; '))));
        """;

    private readonly TemporaryFolder _folder = new();

    public AjvFixture()
    {
        File.WriteAllText(_folder["check.mjs"], Script);
        Run("npm", ["install", "--silent", "--no-audit", "--no-fund", "ajv@8.17.1"], "");
    }

    /// <summary>What is wrong with each document; an empty text for nothing.</summary>
    public string[] Faults(IEnumerable<JsonNode?> documents)
    {
        var input = new JsonObject { ["schema"] = JsonNode.Parse(RecipeSchema.Write(SystemTable.BuiltIn)), ["documents"] = new JsonArray([.. documents]) };
        return [.. JsonNode.Parse(Run("node", ["check.mjs"], input.ToJsonString()))!.AsArray().Select(fault => (string)fault!)];
    }

    public void Dispose() => _folder.Dispose();

    private string Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output.Result;
    }
}

/// <summary>The schema accepts every shipped recipe and refuses wrong ones, as editors will see it.</summary>
[Trait("Category", "Long")]
public sealed class SchemaValidationTests(AjvFixture ajv) : IClassFixture<AjvFixture>
{
    private static readonly string Root = Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!;

    [Fact]
    public void Every_shipped_recipe_is_valid_as_written_and_as_resolved()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "recipes"), "*.yaml", SearchOption.AllDirectories).Where(file => !file.Contains("claims", StringComparison.Ordinal)).ToArray();
        var written = files.Select(File.ReadAllText).ToArray();
        var resolved = files.Select(file => RecipeWriter.Write(new RecipeLoader(SystemTable.BuiltIn).Load(file, [], TestSystems.NoEnvironment).Recipe));

        var faults = ajv.Faults(written.Concat(resolved).Select(Json));

        Assert.True(files.Length > 2);
        Assert.Empty(files.Concat(files).Zip(faults, (file, fault) => fault.Length == 0 ? null : $"{file}: {fault}").OfType<string>());
    }

    [Fact]
    public void Wrong_recipes_are_not()
    {
        (string Old, string Replacement)[] wrong =
        [
            ("batch: 64", "batsh: 64"), ("batch: 64", "batch: many"), ("batch: 64", "batch: 0"), ("mask_ratio: 0.25", "mask_ratio: 25"), ("mask_ratio: 0.25", "mask_rate: 0.25"),
            ("{ samples: 128000 }", "{ samples: 128000, epochs: 2 }"), ("system: self-flow", "system: mae"), ("kind: adamw", "kind: adamx"), ("time: 5m", "time: 5 minutes"),
        ];
        var text = File.ReadAllText(Path.Combine(Root, "recipes", "self-flow.yaml"));
        Assert.All(wrong, pair => Assert.Contains(pair.Old, text, StringComparison.Ordinal));

        var faults = ajv.Faults(wrong.Select(pair => Json(text.Replace(pair.Old, pair.Replacement, StringComparison.Ordinal))));

        Assert.All(faults.Zip(wrong), pair => Assert.True(pair.First.Length > 0, $"{pair.Second.Replacement} was not noticed"));
    }

    private static JsonNode? Json(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Json(stream.Documents[0].RootNode);
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
        {
            null or "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            { } text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            { } text => text,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => throw new InvalidOperationException(),
    };
}

public sealed class SchemaFileTests
{
    [Fact]
    public void The_file_in_docs_is_current()
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(ParityFiles.Root))!, "docs", "recipe.schema.json");
        Assert.Equal(RecipeSchema.Write(SystemTable.BuiltIn) + "\n", File.ReadAllText(file).ReplaceLineEndings("\n"));  // else: selfsame schema --out docs/recipe.schema.json
    }
}
