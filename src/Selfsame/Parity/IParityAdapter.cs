namespace Selfsame.Parity;

/// <summary>Rebuilds one recorded computation with the classes that training uses.</summary>
/// <remarks>Has no state of its own. Listed in <see cref="AdapterTable"/>.</remarks>
public interface IParityAdapter
{
    /// <summary>The file's <c>system</c>, for instance <c>mae</c>.</summary>
    string System { get; }

    /// <summary>The file's <c>case</c>, for instance <c>forward</c>. Variants of a case share an adapter: every hyper-parameter is in the configuration.</summary>
    string Case { get; }

    /// <summary>Computes every recorded output, gradient and updated state and hands it to <see cref="ParityCase.Expect(string, ReadOnlySpan{float})"/>.</summary>
    void Run(ParityCase c);
}
