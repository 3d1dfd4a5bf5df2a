using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Selfsame.Recipes;

/// <summary>A kind of message that users meet, with its cause and its cure.</summary>
/// <param name="Id">Short and lasting: <c>unknown-setting</c>.</param>
/// <param name="Shape">The message; what differs is in angle brackets: <c>&lt;place&gt;: &lt;key&gt; is missing</c>.</param>
/// <param name="Cause">What leads to it.</param>
/// <param name="Cure">What to do.</param>
public sealed record ErrorKind(string Id, string Shape, string Cause, string Cure)
{
    /// <summary>Whether a message is of this kind.</summary>
    public bool Matches(string message) => Regex.IsMatch(message, "^" + Regex.Replace(Regex.Escape(Shape), "<[a-z ]+>", ".+") + ".*$", RegexOptions.Singleline | RegexOptions.CultureInvariant);
}

/// <summary>Every kind of message about recipes, data and runs. <c>docs/errors.md</c> is written from it: <c>selfsame schema --errors</c>.</summary>
/// <remarks>A message begins with its place: <c>file(line)</c>, the variable or the flag as typed, or nothing for a default.</remarks>
public static class ErrorCatalogue
{
    /// <summary>All kinds, in the order of the page.</summary>
    public static IReadOnlyList<ErrorKind> All { get; } =
    [
        new("unknown-setting", "<place>: <key> is not a setting of <block>.", "A key is mistyped, or stands in the wrong block.", "Take the key that the message proposes, or one of those it lists. `selfsame schema` describes every key."),
        new("missing-setting", "<place>: <key> is missing", "A setting without a default is not given.", "Add it; the message says what it holds."),
        new("wrong-type", "<place>: <key> is <value>; expected <type>", "A number where a word belongs, a list where one value belongs, quotes around a number.", "Write what is expected. `1e-3` is a number, `\"1e-3\"` is text."),
        new("out-of-range", "<place>: <key> is <value>; it is <meaning>, so it <range>", "A value outside of what has a meaning, such as a ratio in percent.", "Take a value within the range."),
        new("unknown-kind", "<place>: <key> is <value>, which is not a <kind>.", "A system, optimizer, encoder or schedule that there is not.", "Take the proposed one, or one of those listed; `selfsame list` shows the systems."),
        new("one-of-several", "<place>: <key> has <settings>; give exactly one of <settings>", "Settings that exclude each other, such as steps and epochs, or none of them.", "Keep one. A flag replaces what the recipe says, but two flags contradict each other."),
        new("none-of-several", "<place>: <key> has none of <settings>; give exactly one", "None of several settings is given, of which one is needed.", "Give one."),
        new("incomplete-group", "<place>: <key> has <settings> without <settings>", "Settings that belong together are given in part.", "Give all of them, or the other choice."),
        new("does-not-divide", "<place>: <key> is <value>; patches of side <number> need a multiple of <number>", "Pictures are cut into whole patches.", "Take a multiple of the patch, or another patch."),
        new("parts-do-not-divide", "<place>: micro_batch is <value>, which does not divide batch <number>", "A batch is cut into equal parts.", "Take a divisor of the batch."),
        new("twice", "<place>: <key> is given twice", "A key stands twice in one block.", "Keep one."),
        new("list-length", "<place>: <key> has <number> entr<ending>; it takes <number>", "A list is too short or too long.", "Give as many entries as it takes."),
        new("refers-to-itself", "<place>: <key> is <alias>, which contains this very line; a recipe can't refer to itself", "An alias (`*name`) stands within the value that its anchor (`&name`) marks.", "Write the value out."),
        new("no-such-anchor", "<place>: <key> is <alias>, but no value before it is marked <anchor>", "An alias without an anchor before it.", "Mark the value first, or write it out."),
        new("merge-key", "<place>: <key> a merge key (<<); a recipe has none.", "YAML's `<<` is not supported: what you read in a recipe is what runs.", "Write the settings out."),
        new("tag", "<place>: <key> has the tag <tag>; a recipe has no tags.", "A YAML tag such as `!int`.", "Leave it out."),
        new("too-deep", "<place>: <key> is nested more than <number> levels deep", "Not a recipe, or a hostile one.", "Take the right file."),
        new("too-many-values", "<place>: <key> brings the recipe to more than <number> values", "Aliases that repeat each other, or not a recipe.", "Take the right file."),
        new("not-yaml", "<place>: This is not valid YAML", "Indentation, brackets or quotes do not match, or there are tabs.", "Look at the line, and at the one before it."),
        new("not-a-mapping", "<place>: The recipe is <value>; expected a mapping", "The file holds a list or a word.", "Take the right file."),
        new("not-utf8", "<place>: Byte <byte> is not UTF-8.", "The file has another encoding, or is not text.", "Save it as UTF-8."),
        new("not-text", "<place>: Byte 0x00 is in no text.", "The file is not text.", "Take the right file."),
        new("too-large", "<place>: This file has more than <number> bytes", "Not a recipe.", "Take the right file."),
        new("folder", "<place>: This is a folder; expected a recipe file", "A folder was given where a recipe is read.", "Give the file; data goes after `--data`."),
        new("no-such-file", "<place>: There is no such file", "The path is mistyped, or relative to another folder.", "Take the proposed name."),
        new("no-such-recipe", "there is no recipe <name>.", "The path is mistyped.", "Take one of those listed."),
        new("not-key-value", "<place>: This is not key=value", "`--set` without an equals sign.", "Write `--set data.workers=4`."),
        new("unknown-variable", "SELFSAME_<name>: <key> is not a setting of a recipe.", "An environment variable with our prefix that nothing reads.", "Take the proposed name: `SELFSAME_DATA__SOURCE` is `data.source`."),
        new("empty-source", "<place>: data.source is empty", "There is nothing after `source:` or `--data`.", "Name a folder, a manifest, tar shards, or a data set of the catalogue."),
        new("unknown-source", "<place>: data.source is <name>, which is no folder here and no data set of the catalogue.", "A name that is neither.", "`selfsame data list` shows the catalogue; a folder is given by its path."),
        new("missing-source", "<place>: data.source is <path>, and there is no such file or folder.", "The path is mistyped, or relative to another folder.", "Correct it."),
        new("wrong-source", "<place>: data.source is <path>, a file that is no manifest", "A single file of a kind that holds no samples.", "Give the folder, a manifest (`.jsonl`, `.csv`) or tar shards."),
        new("batch-too-large", "<place>: batch is <number>; its samples, with those loaded ahead, take <size>", "The pictures alone exceed the memory.", "Lower `--batch` to what the message says."),
        new("out-of-memory", "memory ran out <when>", "Not even one sample passes through the model, or a method that can't be split has too large a batch.", "A smaller batch, encoder or view; `--dry-run` says what each takes."),
        new("unusable-loss", "<number> steps in a row had to be skipped, the last because <reason>", "The loss is not finite, or far above what was usual.", "Lower the rate, lengthen the warm-up, or try `--precision fp32`."),
        new("another-run", "<folder> holds a run of another recipe", "The folder belongs to a run with other settings.", "Give another `--out`, or delete the folder."),
        new("finished-run", "<folder> holds a finished run", "There is nothing left to do.", "Raise `--steps` to go on with it, or give another `--out`."),
    ];

    /// <summary>The first kind that a message is of; null for none.</summary>
    public static ErrorKind? Find(string message) => All.FirstOrDefault(kind => kind.Matches(message));

    /// <summary>The page.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder(
            """
            # Errors

            Written by `selfsame schema --errors --out docs/errors.md`; a test says when it is out of date.

            A message begins with the place where the value was written: `recipes/mae.yaml(11)`, `--set batch=0`, `SELFSAME_BATCH=0`. All that is wrong with a recipe is
            said at once. Exit code 2: the command line or a file it names is not right; 1: it was understood, and failed. `SELFSAME_TRACE=1` adds the stack trace.


            """.ReplaceLineEndings("\n"));
        foreach (var kind in All)
            page.Append(CultureInfo.InvariantCulture, $"## {kind.Id}\n\n    {kind.Shape}\n\n{kind.Cause} {kind.Cure}\n\n");
        return page.ToString().TrimEnd('\n') + "\n";
    }
}
