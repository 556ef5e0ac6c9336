namespace MnistML.Training.Checkpoints;

/// <summary>Keeps the checkpoint file of a training up to date.</summary>
/// <param name="path">The file; null where another process of a group writes it.</param>
/// <param name="seed">The training's seed.</param>
/// <param name="fingerprint">What identifies the training.</param>
internal sealed class CheckpointFile(string? path, int seed, IReadOnlyDictionary<string, string> fingerprint)
{
    /// <summary>
    /// Resumes from a checkpoint. Without one it writes the first, so that a path that can't be written is found before the training, not
    /// after it.
    /// </summary>
    /// <param name="state">A training that has not begun.</param>
    /// <param name="found">The checkpoint that was found; null for none.</param>
    /// <param name="stepsPerEpoch">Updates in an epoch.</param>
    public void Begin(TrainingState state, TrainingCheckpoint? found, int stepsPerEpoch)
    {
        if (found is null)
        {
            Write(state);
            return;
        }

        found.ThrowIfOther(fingerprint, path ?? "of rank 0");
        state.Restore(found, stepsPerEpoch);
    }

    public void Write(TrainingState state)
    {
        if (path is not null)
        {
            state.ToCheckpoint(seed, fingerprint).Write(path);
        }
    }
}
