using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Training.Checkpoints;

namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>
/// The readers of saved models. A loaded model also scores, in batches and row by row, and is disposed. The target would notice any file
/// that the process writes meanwhile, such as temporary files. Entries whose sizes ML.NET trusts are left out, since hostile ones may take
/// any memory or time (see <see cref="ZipMutator"/>).
/// </summary>
internal sealed class ModelTarget : FuzzTarget
{
    private const string TemporaryVariable = "TMPDIR";

    private readonly MLContext _mlContext = new();
    private readonly string _temporary;
    private readonly string _current;

    public ModelTarget(string folder)
        : base(folder)
    {
        _ = ModelSeeds.Rows;
        _temporary = Directory.CreateDirectory(Path.Combine(folder, "temporary")).FullName;
        _current = Directory.CreateDirectory(Path.Combine(folder, "current")).FullName;
        Environment.SetEnvironmentVariable(TemporaryVariable, _temporary);
        Environment.CurrentDirectory = _current;
        _mlContext.TempFilePath = _temporary;
    }

    public override string Things => "models";

    /// <summary>Files here have a few kilobytes, far less than ML.NET needs for any model.</summary>
    public override long MaxAllocatedBytes => 32 << 20;

    public override void WarmUp()
    {
        foreach (var zip in (byte[][])[.. ModelSeeds.NetworkZips, .. ModelSeeds.PipelineZips])
        {
            Expect(Load(new Mutant(ModelSeeds.Zip, zip, IsNetworkAlone: true)));
        }

        foreach (var file in ModelSeeds.SafetensorsFiles)
        {
            Expect(Load(new Mutant(ModelSeeds.Safetensors, file, IsNetworkAlone: true)));
        }

        Expect(Load(new Mutant(ModelSeeds.Checkpoint, ModelSeeds.CheckpointFile, IsNetworkAlone: true)));
    }

    public override Outcome Load(Random random) => Load(new ModelMutator(random).Next());

    public override void CheckAfterwards(Verdict verdict)
    {
        string[] left = [.. ((string[])[_temporary, _current]).SelectMany(
            folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))];
        verdict.Expect(left.Length == 0, $"files left behind: {left.Length}{string.Concat(left.Take(3).Select(path => $" {path}"))}");
    }

    private static void Expect(Outcome outcome)
    {
        if (!outcome.IsAccepted)
        {
            throw new InvalidOperationException($"A right model was refused: {outcome.What}");
        }
    }

    private Outcome Load(Mutant mutant)
    {
        var path = Path.Combine(Folder, $"fuzz{mutant.Ending}");
        File.WriteAllBytes(path, mutant.Bytes);
        return Outcome.Of(
            () => Load(path, mutant),
            error => error is InvalidDataException or IOException && error.Message.Contains(path, StringComparison.Ordinal));
    }

    private void Load(string path, Mutant mutant)
    {
        switch (mutant.Ending)
        {
            case ModelSeeds.Checkpoint:
                TrainingCheckpoint.TryRead(path);
                break;
            case ModelSeeds.Safetensors:
                MlpModelParameters.Load(path);
                break;
            default:
                var model = _mlContext.Model.LoadMlp(path, out _);
                using (model as IDisposable)
                {
                    Score(model, mutant);
                }

                break;
        }
    }

    /// <summary>
    /// Where another stage was altered, the pipeline is a different one. Its columns may be missing or of other types, and ML.NET says so.
    /// </summary>
    private static void Score(ITransformer model, Mutant mutant)
    {
        try
        {
            Score(model);
        }
        catch (Exception error) when (!mutant.IsNetworkAlone && (error is ArgumentException or InvalidOperationException))
        {
        }
    }

    private static void Score(ITransformer model)
    {
        var scored = model.Transform(ModelSeeds.Rows);
        var scores = scored.Schema["Score"].Type is VectorDataViewType
            ? scored.GetColumn<float[]>("Score").Count()
            : scored.GetColumn<float>("Score").Count();
        var labels = scored.Schema.GetColumnOrNull("PredictedLabel")?.Type switch
        {
            null => scores, // A regression has none.
            BooleanDataViewType => scored.GetColumn<bool>("PredictedLabel").Count(),
            _ => scored.GetColumn<uint>("PredictedLabel").Count(),
        };
        if (scores != labels)
        {
            throw new InvalidOperationException($"There are {scores} scores and {labels} labels.");
        }
    }
}
