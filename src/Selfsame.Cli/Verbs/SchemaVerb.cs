using System.CommandLine;
using Selfsame.Recipes;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame schema</c>: the JSON Schema of recipes, for editors.</summary>
internal static class SchemaVerb
{
    public static Command Create()
    {
        var outOption = new Option<FileInfo?>("--out") { Description = "File to write; without it, standard output.", HelpName = "FILE" };
        var command = new Command("schema", "Write the JSON Schema of recipes, for completion and checks in an editor.") { outOption };
        command.SetAction(parsed =>
        {
            var schema = RecipeSchema.Write(SystemTable.BuiltIn);
            if (parsed.GetValue(outOption) is { } file)
                File.WriteAllText(file.FullName, schema + "\n");
            else
                parsed.InvocationConfiguration.Output.WriteLine(schema);
        });
        return command;
    }
}
