using MnistML.Network;
using MnistML.Training.Optimizers;

namespace MnistML.Training.Checkpoints;

/// <summary>The state of a training: the network, the optimiser's state, the metrics of each epoch, and the best weights.</summary>
internal sealed class TrainingState(MlpNetwork network, IOptimizer optimizer)
{
    private readonly List<MlpEpochMetrics> _history = [];

    public IReadOnlyList<MlpEpochMetrics> History => _history;

    /// <summary>The network's state after the epoch of the lowest validation loss; null without validation data.</summary>
    public IReadOnlyDictionary<string, float[]>? Best { get; private set; }

    /// <summary>Ends an epoch.</summary>
    public void Append(MlpEpochMetrics metrics)
    {
        if (metrics.ValidationLoss is { } loss && !_history.Any(earlier => earlier.ValidationLoss <= loss))
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

    /// <summary>Restores the weights of the best epoch, if there is one.</summary>
    public void ReturnToBest()
    {
        if (Best is not null)
        {
            network.RestoreState(Best);
        }
    }
}
