namespace MnistML.Training;

/// <summary>
/// Seeds for each use of random numbers, as pure functions of the training's seed and the epoch: nothing has to be remembered to go on from a
/// checkpoint, and no use disturbs another.
/// </summary>
internal static class Seeds
{
    /// <summary>The golden ratio as a fraction of 2⁶⁴, by which SplitMix64 counts.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    public static ulong ForWeights(int seed) => Mix(seed, 1, 0);

    public static int ForSplit(int seed) => (int)Mix(seed, 2, 0);

    public static int ForShuffling(int seed, int epoch) => (int)Mix(seed, 3, epoch);

    public static ulong ForDropout(int seed, int epoch, int batch) => Scramble(Mix(seed, 4, epoch) + (uint)batch);

    public static ulong ForInputs(int seed, int epoch, int batch) => Scramble(Mix(seed, 5, epoch) + (uint)batch);

    public static ulong ForRow(ulong batchSeed, int row) => Scramble(batchSeed + (uint)row);

    /// <summary>A step of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    public static ulong Scramble(ulong value)
    {
        value += Step;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A step for each input.</summary>
    private static ulong Mix(int seed, int use, int epoch) => Scramble(Scramble(Scramble((uint)seed) + (uint)use) + (uint)epoch);
}
