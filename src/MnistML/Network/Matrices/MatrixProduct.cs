using static TorchSharp.torch;

namespace MnistML.Network.Matrices;

/// <summary>A product of views that are created once. It does not own them.</summary>
/// <param name="Left"><c>[n, k]</c>.</param>
/// <param name="Right"><c>[k, m]</c>.</param>
/// <param name="Result"><c>[n, m]</c>, overwritten.</param>
internal readonly record struct MatrixProduct(Tensor Left, Tensor Right, Tensor Result)
{
    /// <summary>Overwrites the result, without allocating.</summary>
    public void Compute()
    {
        if (Result.numel() > 0)
        {
            Result.addmm_(Left, Right, beta: 0, alpha: 1);
        }
    }
}
