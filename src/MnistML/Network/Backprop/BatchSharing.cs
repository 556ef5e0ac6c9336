namespace MnistML.Network.Backprop;

/// <summary>Sums values over the processes of a group, in place.</summary>
internal delegate void GroupSum(Span<double> values);

/// <summary>That other processes of a group have rows of each batch too, so that gradients are summed.</summary>
/// <param name="SumStatistics">
/// Sums what batch normalisation needs of the whole batch; null where it takes this process's rows alone.
/// </param>
internal sealed record BatchSharing(GroupSum? SumStatistics);
