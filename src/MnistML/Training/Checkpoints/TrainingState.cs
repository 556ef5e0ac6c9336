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

    /// <summary>The number of that epoch, counted from 1, the first one where several are as good; null where there is none.</summary>
    public int? BestEpoch => _history
        .Where(epoch => epoch.SelectionLoss is not null && MayBeBest(epoch)).MinBy(epoch => epoch.SelectionLoss)?.Epoch;

    /// <summary>Ends an epoch.</summary>
    public void Append(MlpEpochMetrics metrics)
    {
        _history.Add(metrics);
        if (BestEpoch == metrics.Epoch)
        {
            Best = network.CopyState();
        }
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

    /// <summary>Restores the weights of the best epoch, if there is one.</summary>
    public void ReturnToBest()
    {
        if (Best is not null)
        {
            network.RestoreState(Best);
        }
    }

    private bool MayBeBest(MlpEpochMetrics metrics) => isCandidate?.Invoke(metrics.Epoch) ?? true;
}
