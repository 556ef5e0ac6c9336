using MnistML.Native;
using MnistML.Network;
using TorchSharp;

namespace MnistML.Tests.Support;

/// <summary>What a network that is not yet a model gives.</summary>
internal static class NetworkOutputs
{
    /// <summary>The outputs of all members, <c>[rows, members · outputs]</c>, for features, <c>[rows, features]</c>.</summary>
    public static torch.Tensor Forward(this MlpNetwork network, torch.Tensor features)
    {
        using var evaluator = new NetworkEvaluator(network);
        var (rows, featureCount) = ((int)features.shape[0], (int)features.shape[1]);
        var values = TensorValues.ToSingles(features);
        return evaluator.Compute(rows, new MatrixRows(values, featureCount)).reshape(rows, -1).clone();
    }
}
