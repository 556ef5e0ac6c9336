namespace MnistML;

/// <summary>
/// Processes that train one network together, each on a part of the rows of every batch. The package <c>MnistML.Mpi</c> has one over MPI. A
/// training calls it on the thread that called <c>Fit</c>, and all processes make the same calls in the same order; a call waits until all
/// have made it.
/// </summary>
/// <remarks>
/// An implementation must give every process the same bits, or the networks drift apart; the training compares them after each epoch.
/// </remarks>
public interface IMlpGroup
{
    /// <summary>
    /// The key in the <see cref="Exception.Data"/> of an exception that all processes throw at the same point, so that none waits for
    /// another: where they were cancelled, do not have the same training, or it diverged. Any other exception of a training ends all.
    /// </summary>
    const string ThrownByAll = "MnistML.ThrownByAll";

    /// <summary>The number of this process, from 0 up to, not including, <see cref="Size"/>.</summary>
    int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    int Size { get; }

    /// <summary>Replaces each value by the sum of the values that all processes have in its place.</summary>
    /// <param name="values">As many in every process.</param>
    void Sum(Span<float> values);

    /// <inheritdoc cref="Sum(Span{float})"/>
    void Sum(Span<double> values);

    /// <summary>Replaces the bytes of all processes by those of rank 0.</summary>
    /// <param name="values">As many in every process.</param>
    void Broadcast(Span<byte> values);

    /// <summary>
    /// Ends all processes, since this one cannot go on and the others would wait for it. It may be called on any thread, and need not
    /// return.
    /// </summary>
    /// <param name="reason">What happened, for the user.</param>
    void Abort(string reason);
}
