using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Selfsame.Data.Packages;

namespace Selfsame.Cli.Verbs;

/// <summary>Prints data sets, for a person or for a program.</summary>
internal static class DataReport
{
    private const int ClassesShown = 25;

    public static void WriteText(TextWriter output, IReadOnlyList<CatalogueItem> items)
    {
        foreach (var item in items)
        {
            var state = item.Ready ? "ready" : string.Create(CultureInfo.InvariantCulture, $"{item.DownloadMegabytes} MB to fetch");
            output.WriteLine($"{item.Name,-12}{state,-18}{item.Summary}");
        }
    }

    public static void WriteText(TextWriter output, DataSummary data)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data.Name}: {data.Samples} samples in {data.Groups} groups, {data.LeftOut} left out"));
        if (data.Excluded > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"excluded: {data.Excluded} samples, by a list beside the data"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"split: {data.Train} train, {data.Validation} validation, {data.Test} test"));
        foreach (var modality in data.Modalities)
        {
            var length = modality.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", {seconds / 3600:0.00} hours") : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{modality.Name}: {modality.Samples} samples, {modality.Distinct} distinct{length}"));
        }
        if (data.Languages.Count > 1)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data.Languages.Count} languages: {string.Join(", ", data.Languages.Take(ClassesShown).Select(language => $"{language.Name} {language.Total}"))}{(data.Languages.Count > ClassesShown ? ", …" : "")}"));
        if (data.Label is not null)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\n{data.Classes.Count} classes by '{data.Label}'; the largest has {data.MajorityShare:P1} of the samples"));
            output.WriteLine($"{"",-28}{"train",8}{"valid.",8}{"test",8}");
            foreach (var c in data.Classes.Take(ClassesShown))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{c.Name,-28}{c.Train,8}{c.Validation,8}{c.Test,8}"));
            if (data.Classes.Count > ClassesShown)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"… and {data.Classes.Count - ClassesShown} more"));
        }
        output.WriteLine("\nexample");
        var width = Math.Max(14, data.Example.Select(item => item.Key.Length).DefaultIfEmpty().Max() + 2);
        foreach (var (name, value) in data.Example)
            output.WriteLine($"  {name.PadRight(width)}{value}");
    }

    public static void WriteJson(TextWriter output, IReadOnlyList<CatalogueItem> items) =>
        output.WriteLine(JsonSerializer.Serialize(items, DataJson.Default.IReadOnlyListCatalogueItem));

    public static void WriteJson(TextWriter output, DataSummary data) =>
        output.WriteLine(JsonSerializer.Serialize(data, DataJson.Default.DataSummary));
}

[JsonSerializable(typeof(IReadOnlyList<CatalogueItem>))]
[JsonSerializable(typeof(DataSummary))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class DataJson : JsonSerializerContext;
