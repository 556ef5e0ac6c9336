using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace MnistML.Vectors;

/// <summary>
/// Functions that .NET has for single numbers only or not at all, over sixteen values at a time, with an error of a few ten-millionths.
/// </summary>
internal static class SpecialFunctions
{
    /// <summary>Below this value tanh is computed by a polynomial: <c>1 - …</c> would lose the digits of a small result.</summary>
    private const float SmallForTanh = 0.625f;

    /// <summary>The same limit for the error function.</summary>
    private const float SmallForErf = 1;

    /// <summary>The hyperbolic tangent; the polynomial is Moshier's (Cephes, <c>tanhf.c</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var z = x * x;
        var polynomial = z * Polynomial(
            z, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f);
        var small = x + (x * polynomial);

        var exponential = Exp(Create(-2f) * Abs(x));
        var large = CopySign((Vector512<float>.One - exponential) / (Vector512<float>.One + exponential), x);
        return ConditionalSelect(LessThan(Abs(x), Create(SmallForTanh)), small, large);
    }

    /// <summary>
    /// The error function: near 0 Moshier's polynomial (Cephes, <c>ndtrf.c</c>), beyond it Abramowitz and Stegun's formula 7.1.26, whose
    /// error is at most 1.5·10⁻⁷.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        var z = x * x;
        var upper = Polynomial(
            z, 7.853861353153693e-5f, -8.010193625184903e-4f, 5.188327685732524e-3f, -2.685381193529856e-2f, 1.128358514861418e-1f);
        var polynomial = (upper * z * z) + (Create(-3.761262582423300e-1f) * z) + Create(1.128379165726710f);
        var small = x * polynomial;

        var t = Vector512<float>.One / (Vector512<float>.One + (Create(0.3275911f) * Abs(x)));
        var complement = Polynomial(t, 1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f) * t * Exp(-z);
        var large = CopySign(Vector512<float>.One - complement, x);
        return ConditionalSelect(LessThan(Abs(x), Create(SmallForErf)), small, large);
    }

    /// <summary><c>a·x⁴ + b·x³ + c·x² + d·x + e</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Polynomial(Vector512<float> x, float a, float b, float c, float d, float e) =>
        (((((((Create(a) * x) + Create(b)) * x) + Create(c)) * x) + Create(d)) * x) + Create(e);
}
