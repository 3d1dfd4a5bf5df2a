using System.Text;
using System.Text.RegularExpressions;
using Selfsame.Data.Sources;
using Selfsame.Modalities.Media;

namespace Selfsame.Data.Packages;

/// <summary>
/// The stamps of Tux Paint: photographs and drawings, each with a caption in many languages, the caption spoken in some of them, and
/// for some the sound of the thing. A sample is a picture in one language, or a picture with a sound; a mirror image comes once, with
/// its English caption. A group is a stamp with its mirror images, and whatever shares a file with it.
/// </summary>
internal sealed partial class Stamps : CatalogueEntry
{
    private const string Root = "usr/share/tuxpaint/stamps/", English = "en";

    public override string Name => "stamps";

    public override string Summary => "about 1,040 pictures in 16 folders with captions in 70 languages, 7,400 spoken captions in 14 languages, and sounds";

    public override string Label => "folder";

    public override int Revision => 2;

    public override IReadOnlyList<PackagePin> Packages { get; } =
        [new(PackageRegistry.Debian, "tuxpaint-stamps-default", "2022.06.04-1", "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34", 161)];

    public override ImageDecodeOptions Decode { get; } = new() { FitWithin = 192 };

    public override void Prepare(IReadOnlyList<string> archives, PreparedWriter writer, Action<double> progress, CancellationToken cancel)
    {
        var files = PackageArchive.Read(archives[0], path => path.StartsWith(Root, StringComparison.Ordinal) && MediaFile.ModalityOf(path) is not null, cancel);
        var sounds = Sounds(files);
        var samples = new List<PreparedSample>();
        foreach (var (path, picture) in files)
        {
            if (!MediaFile.IsPicture(path))
                continue;
            var key = path[Root.Length..];
            var name = MediaFile.WithoutExtension(key);
            var stem = Stem(name);
            var captions = files.TryGetValue($"{Root}{stem}.txt", out var text) ? Captions(text) : [];
            AddPicture(samples, new(key, picture, stem), captions, name == stem ? sounds.GetValueOrDefault(stem) ?? [] : []);
        }
        samples.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.Add(samples, progress, cancel);
    }

    /// <summary>A sound beside a picture: the caption spoken, or the sound of the thing.</summary>
    private readonly record struct Sound(bool Spoken, string Language, byte[] Content);

    private readonly record struct Picture(string Key, byte[] Content, string Stem);

    // The English sample goes by the picture's own key and comes first, so that pictures alone are these.
    private static void AddPicture(List<PreparedSample> samples, Picture picture, Dictionary<string, string> captions, List<Sound> sounds)
    {
        samples.Add(Make(picture, English, captions.GetValueOrDefault(English, ""), "caption", Spoken(English), picture.Key));
        if (sounds.Count == 0 && Stem(MediaFile.WithoutExtension(picture.Key)) != MediaFile.WithoutExtension(picture.Key))
            return;
        foreach (var language in captions.Keys.Union(sounds.Where(sound => sound.Spoken).Select(sound => sound.Language)))
            if (language != English)
                samples.Add(Make(picture, language, captions.GetValueOrDefault(language, ""), "caption", Spoken(language), $"{picture.Key}#{language}"));
        foreach (var sound in sounds)
            if (!sound.Spoken)
                samples.Add(Make(picture, sound.Language, "", "sound", sound.Content, $"{picture.Key}#sound{(sound.Language.Length == 0 ? "" : "-")}{sound.Language}"));

        byte[]? Spoken(string language) => sounds.Find(sound => sound.Spoken && sound.Language == language).Content;
    }

    private static PreparedSample Make(Picture picture, string language, string caption, string kind, byte[]? sound, string key) =>
        new(key, picture.Stem, picture.Content, ("folder", picture.Key[..picture.Key.IndexOf('/')]), ("subfolder", Path.GetDirectoryName(picture.Key)!),
            ("caption", caption), ("word", Path.GetFileName(picture.Stem)), ("language", language), ("kind", kind)) { Audio = sound };

    private static Dictionary<string, List<Sound>> Sounds(Dictionary<string, byte[]> files)
    {
        var stems = files.Keys.Where(path => MediaFile.IsPicture(path)).Select(path => Stem(MediaFile.WithoutExtension(path[Root.Length..]))).ToHashSet(StringComparer.Ordinal);
        var sounds = new Dictionary<string, List<Sound>>(StringComparer.Ordinal);
        foreach (var (path, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (MediaFile.ModalityOf(path) != Modality.Audio)
                continue;
            var name = MediaFile.WithoutExtension(path[Root.Length..]);
            var match = SpokenName().Match(name);
            var (stem, sound) = match.Success
                ? (match.Groups[1].Value, new Sound(true, match.Groups[2].Success ? match.Groups[2].Value : English, content))
                : stems.Contains(name) || LocalName().Match(name) is not { Success: true } local
                ? (name, new Sound(false, "", content))
                : (local.Groups[1].Value, new Sound(false, local.Groups[2].Value, content));
            if (!sounds.TryGetValue(stem, out var list))
                sounds.Add(stem, list = []);
            if (!list.Exists(other => other.Spoken == sound.Spoken && other.Language == sound.Language))
                list.Add(sound); // a caption spoken both as ogg and as wav counts once
        }
        return sounds;
    }

    // The first line is English; translations follow as "de.utf8=…".
    private static Dictionary<string, string> Captions(byte[] text)
    {
        var captions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.TrimEntries))
        {
            var mark = line.IndexOf(".utf8=", StringComparison.Ordinal);
            if (mark < 0 && captions.Count == 0 && line.Length > 0)
                captions[English] = line;
            else if (mark > 0 && line[(mark + 6)..].Trim() is { Length: > 0 } caption)
                captions.TryAdd(line[..mark], caption);
        }
        return captions;
    }

    private static string Stem(string name)
    {
        foreach (var turned in (ReadOnlySpan<string>)["_mirror_flip", "_mirror", "_flip"])
            if (name.EndsWith(turned, StringComparison.Ordinal))
                return name[..^turned.Length];
        return name;
    }

    [GeneratedRegex("^(.+)_desc(?:_([a-z]{2,3}(?:_[A-Z]{2})?))?$")]
    private static partial Regex SpokenName();

    [GeneratedRegex("^(.+)_([a-z]{2,3}(?:_[A-Z]{2})?)$")]
    private static partial Regex LocalName();
}
