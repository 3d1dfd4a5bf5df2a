using System.Text.Json.Nodes;
using Selfsame.Cli.Verbs;
using Selfsame.Recipes;

namespace Selfsame.Tests.Recipes;

public sealed class RecipeSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(RecipeSchema.Write(TestSystems.Table))!;

    [Fact]
    public void Every_setting_has_a_description()
    {
        var records = Schema["$defs"]!.AsObject().Where(d => !d.Key.StartsWith("objective.", StringComparison.Ordinal) && !d.Key.StartsWith("masked", StringComparison.Ordinal))
            .Select(d => (d.Key, d.Value!)).Append(("recipe", Schema));
        var bare = from record in records
                   from property in record.Item2["properties"]!.AsObject()
                   where property.Key != "kind" && property.Value!["description"] is null
                   select $"{record.Item1}.{property.Key}";

        Assert.Empty(bare);
    }

    [Fact]
    public void A_setting_says_what_the_record_says() => Assert.Equal(
        """{"type":"integer","minimum":1,"maximum":16777216,"description":"Samples in one optimizer step, over all processes and micro-batches. 1 to 16,777,216. Unit: samples."}""",
        Schema["properties"]!["batch"]!.ToJsonString());

    [Fact]
    public void Kinds_are_alternatives() => Assert.Equal(
        """[{"$ref":"#/$defs/encoder.vit"},{"$ref":"#/$defs/encoder.dit"},{"$ref":"#/$defs/encoder.wave"},{"$ref":"#/$defs/encoder.text"}]""",
        Schema["properties"]!["encoder"]!["oneOf"]!.ToJsonString());

    [Fact]
    public void The_system_decides_the_objective()
    {
        Assert.Equal("""["mae","self-flow"]""", Schema["properties"]!["system"]!["enum"]!.ToJsonString());
        Assert.Equal(
            """{"if":{"properties":{"system":{"const":"self-flow"}},"required":["system"]},"then":{"properties":{"objective":{"$ref":"#/$defs/objective.self-flow"}}}}""",
            Schema["allOf"]![1]!.ToJsonString());
        Assert.Equal("""["layer"]""", Schema["$defs"]!["objective.self-flow"]!["required"]!.ToJsonString());
    }

    [Fact]
    public void Every_reference_is_defined()
    {
        static IEnumerable<string> References(JsonNode? node) => node switch
        {
            JsonObject o => o.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
            JsonArray a => a.SelectMany(References),
            _ => [],
        };
        var references = References(Schema).Distinct().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, r => Assert.NotNull(Schema["$defs"]![r["#/$defs/".Length..]]));
    }

    [Fact]
    public void The_verb_prints_it()
    {
        using var output = new StringWriter();

        var code = SchemaVerb.Create().Parse([]).Invoke(new() { Output = output });

        Assert.Equal(0, code);
        Assert.Equal(RecipeSchema.Write(SystemTable.BuiltIn) + Environment.NewLine, output.ToString());
    }
}
