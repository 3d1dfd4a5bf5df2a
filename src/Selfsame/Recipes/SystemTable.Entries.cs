namespace Selfsame.Recipes;

public sealed partial class SystemTable
{
    /// <summary>Every system this library has.</summary>
    public static SystemTable BuiltIn { get; } = new([]);
}
