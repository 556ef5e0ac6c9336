namespace MnistML;

/// <summary>What <c>Fit</c> does when its cancellation token is cancelled.</summary>
public enum MlpOnCancellation
{
    /// <summary>Throws an <see cref="OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>
    /// Returns the model of the epoch with the lowest validation loss; without validation data, or before the first epoch has ended, the
    /// current model. Before the first update there is no model yet, and <see cref="Throw"/> applies.
    /// </summary>
    ReturnBest,
}
