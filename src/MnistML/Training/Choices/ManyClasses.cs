namespace MnistML.Training.Choices;

/// <summary>
/// What is chosen for many classes where the user leaves it open. Each class has a row of weights in the last layer of each network, so
/// that time and memory grow with networks × classes × units of the last hidden layer.
/// </summary>
internal static class ManyClasses
{
    /// <summary>For more classes a table gets one network: an ensemble is hardly more accurate, and takes ten times as long.</summary>
    public const int MaxClassesOfEnsemble = 500;

    /// <summary>So many take about a second for a hundred updates on two cores.</summary>
    private const int MaxOutputWeights = 1 << 21;

    /// <summary>Fewer units can't tell many classes apart.</summary>
    private const int MinLastUnits = 16;

    /// <summary>Logits of a batch: 128 MiB, and as much for their gradient.</summary>
    private const int MaxLogits = 1 << 25;

    /// <summary>With fewer rows, updating the weights takes longer than computing their gradient.</summary>
    private const int MinBatchSize = 32;

    public static bool Are(int classCount) => classCount > MaxClassesOfEnsemble;

    /// <summary>Hidden layers of which the last has as many units as the classes allow: halved until the output weights are few.</summary>
    /// <param name="hiddenLayers">What fewer classes get.</param>
    /// <param name="members">Networks.</param>
    /// <param name="classCount">Classes.</param>
    public static IReadOnlyList<int> Narrow(IReadOnlyList<int> hiddenLayers, int members, int classCount)
    {
        if (!Are(classCount))
        {
            return hiddenLayers;
        }

        var units = hiddenLayers[^1];
        while (units > MinLastUnits && (long)members * classCount * units > MaxOutputWeights)
        {
            units /= 2;
        }

        return [.. hiddenLayers.SkipLast(1), units];
    }

    /// <summary>A batch whose logits are not too many.</summary>
    /// <param name="batchSize">What fewer classes get.</param>
    /// <param name="members">Networks.</param>
    /// <param name="classCount">Classes.</param>
    public static int Limit(int batchSize, int members, int classCount)
    {
        while (batchSize > MinBatchSize && (long)batchSize * members * classCount > MaxLogits)
        {
            batchSize /= 2;
        }

        return batchSize;
    }
}
