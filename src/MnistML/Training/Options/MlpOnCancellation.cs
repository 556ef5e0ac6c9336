namespace MnistML;

/// <summary>What <c>Fit</c> does when its cancellation token is cancelled.</summary>
public enum MlpOnCancellation
{
    /// <summary>Throws an <see cref="OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>
    /// Gives the model of the epoch with the lowest validation loss; without validation data, or before the first epoch has ended, the model as it
    /// stands. Before the first update, and while rows are still being read in, there is none to give, and <see cref="Throw"/> applies.
    /// </summary>
    ReturnBest,
}
