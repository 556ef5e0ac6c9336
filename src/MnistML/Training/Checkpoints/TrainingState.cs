using MnistML.Network;
using MnistML.Training.Optimizers;

namespace MnistML.Training.Checkpoints;

/// <summary>The state of a training: the network, the optimiser's state, the metrics of each epoch, and the best weights.</summary>
/// <param name="network">The network.</param>
/// <param name="optimizer">Its optimiser.</param>
/// <param name="isCandidate">Whether the weights after an epoch, counted from 1, may be the best: all may be, by default.</param>
internal sealed class TrainingState(MlpNetwork network, IOptimizer optimizer, Func<int, bool>? isCandidate = null)
{
    private readonly List<MlpEpochMetrics> _history = [];

    public IReadOnlyList<MlpEpochMetrics> History => _history;

    /// <summary>
    /// The network's state after the epoch of the lowest loss on rows that were not learned from; null where there are none.
    /// </summary>
    public IReadOnlyDictionary<string, float[]>? Best { get; private set; }

    /// <summary>Ends an epoch.</summary>
    public void Append(MlpEpochMetrics metrics)
    {
        if (metrics.SelectionLoss is { } loss && MayBeBest(metrics)
            && !_history.Any(earlier => MayBeBest(earlier) && earlier.SelectionLoss <= loss))
        {
            Best = network.CopyState();
        }

        _history.Add(metrics);
    }

    /// <summary>A copy of the whole state, for a file.</summary>
    public TrainingCheckpoint ToCheckpoint(int seed, IReadOnlyDictionary<string, string> fingerprint) => new()
    {
        Seed = seed,
        Fingerprint = fingerprint,
        History = [.. _history],
        Network = network.CopyState(),
        Optimizer = optimizer.CopyState(),
        Best = Best,
    };

    /// <summary>Restores the state from a checkpoint.</summary>
    /// <exception cref="InvalidDataException">The checkpoint lacks a tensor, or has one of another size.</exception>
    public void Restore(TrainingCheckpoint checkpoint, long stepsPerEpoch)
    {
        network.RestoreState(checkpoint.Network);
        optimizer.RestoreState(checkpoint.Optimizer, checkpoint.History.Count * stepsPerEpoch);
        Best = checkpoint.Best;
        _history.Clear();
        _history.AddRange(checkpoint.History);
    }

    /// <summary>Restores the weights of the best epoch, and gives its number, counted from 1; null where there is none.</summary>
    public int? ReturnToBest()
    {
        if (Best is null)
        {
            return null;
        }

        network.RestoreState(Best);
        return _history.Where(epoch => MayBeBest(epoch) && epoch.SelectionLoss is not null).MinBy(epoch => epoch.SelectionLoss)?.Epoch;
    }

    private bool MayBeBest(MlpEpochMetrics metrics) => isCandidate?.Invoke(metrics.Epoch) ?? true;
}
