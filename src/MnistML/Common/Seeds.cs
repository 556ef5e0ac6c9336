namespace MnistML.Common;

/// <summary>
/// Seeds for each use of random numbers, as pure functions of the training's seed, the epoch and the batch: a checkpoint need not hold the
/// state of any generator, and no use disturbs another.
/// </summary>
internal static class Seeds
{
    private enum Use
    {
        Weights = 1,
        Split,
        Shuffling,
        Batch,
        Folds,
        Sample,
    }

    /// <summary>Seed for drawing the initial weights.</summary>
    public static ulong ForWeights(int seed) => Mix(seed, Use.Weights, epoch: 0);

    /// <summary>Seed for drawing the rows that are set aside for validation.</summary>
    public static ulong ForSplit(int seed) => Mix(seed, Use.Split, epoch: 0);

    /// <summary>Seed for dealing rows into folds.</summary>
    public static ulong ForFolds(int seed) => Mix(seed, Use.Folds, epoch: 0);

    /// <summary>Seed for drawing a sample of the rows.</summary>
    public static ulong ForSample(int seed) => Mix(seed, Use.Sample, epoch: 0);

    /// <summary>Seed for the order of rows in an epoch, counted from 1.</summary>
    public static ulong ForShuffling(int seed, int epoch) => Mix(seed, Use.Shuffling, epoch);

    /// <summary>Seed for the order of rows in a lane, counted from 0.</summary>
    public static ulong ForLane(ulong shufflingSeed, int lane) => SplitMix64.Hash(shufflingSeed + (uint)lane);

    /// <summary>Seed of a batch, counted from 0 within its epoch. All that is random in a batch is a function of it.</summary>
    public static ulong ForBatch(int seed, int epoch, int batch) => SplitMix64.Hash(Mix(seed, Use.Batch, epoch) + (uint)batch);

    /// <summary>Seed for the distortion of a row, counted from 0 within its batch.</summary>
    public static ulong ForAugmentation(ulong batchSeed, int row) => SplitMix64.Hash(batchSeed + (uint)row);

    /// <summary>Seed for the noise on the features of a batch.</summary>
    public static ulong ForNoise(ulong batchSeed) => SplitMix64.Hash(~batchSeed);

    /// <summary>Seed for the dropout masks of a batch.</summary>
    public static ulong ForDropout(ulong batchSeed) => batchSeed;

    private static ulong Mix(int seed, Use use, int epoch) =>
        SplitMix64.Hash(SplitMix64.Hash(SplitMix64.Hash((uint)seed) + (uint)use) + (uint)epoch);
}
