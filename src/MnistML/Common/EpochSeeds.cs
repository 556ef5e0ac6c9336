namespace MnistML.Common;

/// <summary>The seeds of one epoch.</summary>
/// <param name="Seed">The training's seed.</param>
/// <param name="Epoch">The epoch, counted from 1.</param>
internal readonly record struct EpochSeeds(int Seed, int Epoch)
{
    /// <summary>Seed for the order of the rows.</summary>
    public ulong Shuffling => Seeds.ForShuffling(Seed, Epoch);

    /// <summary>Seed for the order of the rows of a lane, counted from 0, where several processes share the rows.</summary>
    public ulong OfLane(int lane) => Seeds.ForLane(Shuffling, lane);

    /// <summary>Seed of a batch, counted from 0.</summary>
    public ulong OfBatch(int batch) => Seeds.ForBatch(Seed, Epoch, batch);
}
