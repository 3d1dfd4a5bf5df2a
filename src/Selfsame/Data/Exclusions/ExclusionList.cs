using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Data.Checking;
using Selfsame.Data.Packages;
using Selfsame.Data.Sources;

namespace Selfsame.Data.Exclusions;

/// <summary>
/// A list of samples to leave out: JSON lines with <c>key</c>, <c>reason</c>, <c>kept</c>, <c>distance</c>. No file of the data is touched: put the
/// list beside the data, or name it in a recipe as <c>data.exclude</c>, and every reader leaves those samples out; take it away, and they are back.
/// </summary>
public static class ExclusionList
{
    /// <summary>Name of the list inside a folder of samples; after the name of a manifest or of shards.</summary>
    public const string FileName = ".selfsame-exclude.jsonl";

    /// <summary>Where the list of a data set lies that is read without being named.</summary>
    /// <param name="spec">What a person writes after <c>--data</c>.</param>
    /// <returns>Null for data of the catalogue, which stays the same for everyone.</returns>
    public static string? PlaceFor(string spec)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(spec);
        if (Catalogue.Contains(spec))
            return null;
        if (Directory.Exists(spec))
            return Path.Combine(spec, FileName);
        return TarSource.IsShards(spec) || ManifestSource.IsManifest(spec) ? spec + FileName : null;
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="DataSourceException">It is not there, or a line is not right.</exception>
    public static IReadOnlyList<Exclusion> Read(string path)
    {
        var list = new List<Exclusion>();
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                var exclusion = JsonSerializer.Deserialize(line, ExclusionJson.Default.Exclusion);
                if (string.IsNullOrEmpty(exclusion?.Key))
                    throw new DataSourceException($"exclusions '{path}', line {number}: has no key; each line is an object such as {{\"key\": \"a/b.png\", \"reason\": \"near duplicate\"}}");
                list.Add(exclusion);
            }
        }
        catch (JsonException e)
        {
            throw new DataSourceException($"exclusions '{path}', line {number}: is not a JSON object with a key (at byte {e.BytePositionInLine})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataSourceException($"exclusions '{path}' cannot be read: {e.Message}", e);
        }
        return list;
    }

    /// <summary>Writes a list, replacing what is there.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<Exclusion> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        AtomicFile.Write(path, stream =>
        {
            foreach (var exclusion in list)
            {
                stream.Write(JsonSerializer.SerializeToUtf8Bytes(exclusion, ExclusionJson.Default.Exclusion));
                stream.Write("\n"u8);
            }
        });
    }

    /// <summary>What a check would leave out: every copy but the sample that stays, and of a pair across parts the one that is trained on.</summary>
    /// <param name="report">The check.</param>
    /// <param name="reasons">Which of <see cref="ExclusionReasons"/>. Null: exact duplicates, near duplicates and leaks.</param>
    /// <returns>Each sample once, by name.</returns>
    public static IReadOnlyList<Exclusion> From(DataCheckReport report, IReadOnlyCollection<string>? reasons = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        reasons ??= [ExclusionReasons.Exact, ExclusionReasons.Near, ExclusionReasons.Leak];
        var all = new List<Exclusion>();
        var leaks = report.Leaks.Select(leak => new Exclusion(leak.Key, ExclusionReasons.Leak, leak.HeldOutKey, leak.Distance));
        all.AddRange(leaks);
        foreach (var group in report.Duplicates)
        {
            var splits = group.Members.ToDictionary(member => member.Key, member => member.Split, StringComparer.Ordinal);
            foreach (var member in group.Members)
                if (member.Kept is { } kept && splits[kept] == member.Split)
                    all.Add(new(member.Key, member.Kind == DuplicateKinds.Near ? ExclusionReasons.Near : ExclusionReasons.Exact, kept, member.Distance));
        }
        all.AddRange(report.Broken.Select(note => new Exclusion(note.Key, ExclusionReasons.Broken)));
        all.AddRange(report.Empty.Select(note => new Exclusion(note.Key, ExclusionReasons.Empty)));
        return [.. all.Where(item => reasons.Contains(item.Reason)).DistinctBy(item => item.Key, StringComparer.Ordinal).OrderBy(item => item.Key, StringComparer.Ordinal)];
    }
}

[JsonSerializable(typeof(Exclusion))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ExclusionJson : JsonSerializerContext;
