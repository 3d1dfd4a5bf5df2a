namespace Selfsame.Torch;

/// <content>Operators and short forms.</content>
public sealed partial class Tensor
{
    /// <summary>Element-wise sum, with broadcasting.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => left.Add(right);

    /// <summary>Adds a number to every element.</summary>
    public static Tensor operator +(Tensor left, double right) => left.Add((Scalar)right);

    /// <summary>Adds a number to every element.</summary>
    public static Tensor operator +(double left, Tensor right) => right.Add((Scalar)left);

    /// <summary>Element-wise difference, with broadcasting.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => left.Sub(right);

    /// <summary>Subtracts a number from every element.</summary>
    public static Tensor operator -(Tensor left, double right) => left.Sub((Scalar)right);

    /// <summary>Subtracts every element from a number.</summary>
    public static Tensor operator -(double left, Tensor right) => right.SubtractFrom(left);

    /// <summary>The negative of every element.</summary>
    public static Tensor operator -(Tensor value) => value.Neg();

    /// <summary>Element-wise product, with broadcasting.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => left.Mul(right);

    /// <summary>Multiplies every element by a number.</summary>
    public static Tensor operator *(Tensor left, double right) => left.Mul((Scalar)right);

    /// <summary>Multiplies every element by a number.</summary>
    public static Tensor operator *(double left, Tensor right) => right.Mul((Scalar)left);

    /// <summary>Element-wise quotient, with broadcasting.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => left.Div(right);

    /// <summary>Divides every element by a number.</summary>
    public static Tensor operator /(Tensor left, double right) => left.Div((Scalar)right);

    /// <summary>Divides a number by every element.</summary>
    public static Tensor operator /(double left, Tensor right) => right.Reciprocal().Mul((Scalar)left);

    /// <summary>Mean along one dimension.</summary>
    /// <param name="dim">Which; negative counts from the end.</param>
    /// <param name="keepDim">Leave the dimension with size 1.</param>
    public Tensor Mean(long dim, bool keepDim) => Mean([dim], keepDim);

    /// <summary>Sum along one dimension.</summary>
    /// <param name="dim">Which; negative counts from the end.</param>
    /// <param name="keepDim">Leave the dimension with size 1.</param>
    public Tensor Sum(long dim, bool keepDim) => Sum([dim], keepDim);

    /// <summary>Variance along one dimension.</summary>
    /// <param name="dim">Which; negative counts from the end.</param>
    /// <param name="correction">1 for the unbiased estimate (divide by n-1), 0 for the population's.</param>
    /// <param name="keepDim">Leave the dimension with size 1.</param>
    public Tensor Variance(long dim, int correction, bool keepDim) => Var([dim], correction, keepDim);

    /// <summary>Gaussian error linear unit, Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415.</summary>
    /// <param name="tanh">Use the tanh approximation (DiT, GPT-2) instead of the exact error function (timm's ViT).</param>
    public Tensor Gelu(bool tanh = false) => Gelu(tanh ? "tanh" : "none");
}
