using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MnistML.Native;
using MnistML.Network;

namespace MnistML.Training.Loop;

/// <content>What the processes of a group do together. Alone there is nothing to do.</content>
internal sealed partial class TrainingLoop
{
    /// <summary>The rows of the largest batch, in this process.</summary>
    private int RowCapacity => _group.IsAlone ? _plan.Capacity : _group.ShareOf(_plan.Capacity) + 1;

    /// <summary>In a group each step tells all whether one was cancelled, so that all end in the same one.</summary>
    private CancellationToken TokenWithinSteps => _group.IsAlone ? _options.CancellationToken : CancellationToken.None;

    private bool IsCancelled => _group.IsAlone
        ? _options.CancellationToken.IsCancellationRequested
        : _group.Agreed is OperationCanceledException;

    /// <summary>Reads this process's rows, and gives all processes the weights of the first.</summary>
    private void BeginTogether(MlpNetwork network)
    {
        if (_group.IsAlone)
        {
            return;
        }

        _group.Together(Prepare, _options.CancellationToken);
        foreach (var (_, tensor) in network.State)
        {
            _group.Broadcast(new TensorMemory(tensor).Singles);
        }

        bool Prepare(CancellationToken token)
        {
            _data.Train.Prepare(_plan.BatchSize, token);
            return true;
        }
    }

    /// <summary>Where each process normalises by its own rows, the averages are those of the first.</summary>
    private void BroadcastRunningAverages(MlpNetwork network)
    {
        if (_group.IsAlone || _options.BatchStatistics == MlpBatchStatistics.Synchronized)
        {
            return;
        }

        foreach (var normalization in network.Normalizations)
        {
            _group.Broadcast(new TensorMemory(normalization.RunningMean).Singles);
            _group.Broadcast(new TensorMemory(normalization.RunningVariance).Singles);
        }
    }

    private BatchOutcome Sum(BatchOutcome outcome)
    {
        double[] sums = [outcome.RowCount, outcome.LossSum, outcome.MetricSum];
        _group.Sum(sums);
        return new BatchOutcome((long)sums[0], sums[1], sums[2]);
    }

    private void ThrowIfWeightsDiffer(MlpNetwork network, int epoch)
    {
        if (_group.IsAlone)
        {
            return;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in network.State)
        {
            hash.AppendData(MemoryMarshal.AsBytes(new TensorMemory(tensor).Singles));
        }

        _group.ThrowIfDifferent(
            hash.GetHashAndReset(),
            ranks => $"After epoch {epoch} the weights of {ranks} are not those of rank 0, though all added the same sums: the group's sum "
                + "does not give every process the same bits, or the machines round differently. Use one MPI and one kind of processor.");
    }
}
