using System.CommandLine;
using Selfsame.Recipes;

namespace Selfsame.Cli.Verbs;

/// <summary><c>selfsame schema</c>: the JSON Schema of recipes, for editors; the catalogue of errors, for the documentation.</summary>
internal static class SchemaVerb
{
    public static Command Create()
    {
        var outOption = new Option<FileInfo?>("--out") { Description = "File to write; without it, standard output.", HelpName = "FILE" };
        var errors = new Option<bool>("--errors") { Description = "Write the page of errors with cause and cure instead." };
        var reference = new Option<bool>("--reference") { Description = "Write the page of all recipe keys instead." };
        var command = new Verb("schema", "Write the JSON Schema of recipes, for completion and checks in an editor.",
            new("schema --out recipe.schema.json", "then begin a recipe with: # yaml-language-server: $schema=recipe.schema.json"),
            new("schema --errors --out docs/errors.md", "what each message means"),
            new("schema --reference --out docs/recipe-reference.md", "every key with its range, default and meaning"))
        {
            outOption, errors, reference,
        };
        command.SetAction(parsed =>
        {
            var text = parsed.GetValue(errors) ? ErrorCatalogue.ToMarkdown().TrimEnd('\n')
                : parsed.GetValue(reference) ? RecipeReference.Write(SystemTable.BuiltIn).TrimEnd('\n')
                : RecipeSchema.Write(SystemTable.BuiltIn);
            if (parsed.GetValue(outOption) is { } file)
                File.WriteAllText(file.FullName, text + "\n");
            else
                parsed.InvocationConfiguration.Output.WriteLine(text);
        });
        return command;
    }
}
