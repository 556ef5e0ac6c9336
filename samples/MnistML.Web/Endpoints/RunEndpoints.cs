using MnistML.Web.Data;
using MnistML.Web.Models;
using MnistML.Web.Service;

namespace MnistML.Web.Endpoints;

/// <summary>Trainings that ended: their curves, mistakes and models.</summary>
internal static class RunEndpoints
{
    private const string ZipType = "application/zip";

    public static void MapRuns(this RouteGroupBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("", (RunStore store) => store.All.Select(run => RunSummary.Of(run, store)))
            .WithSummary("All runs, the newest first, with their curves.");
        runs.MapGet("/{id}", (string id, RunStore store) => store.Find(id) is { } run
                ? Results.Ok(RunDetails.Of(run, store))
                : NoRun(id))
            .WithSummary("A run with its confusion matrix.")
            .Produces<RunDetails>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id}/mistakes", GetMistakes)
            .WithSummary("Test images of a label that the run's model took for another class, the surest first.")
            .Produces<IEnumerable<MistakeImage>>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapGet("/{id}/model", (string id, RunStore store) => store.Find(id) is { } run
                ? Results.File(store.ModelPathOf(run), ZipType, $"{run.Id}.zip")
                : NoRun(id))
            .WithSummary("The model of a run, as mlContext.Model.Load loads it.")
            .Produces<Stream>(StatusCodes.Status200OK, ZipType)
            .ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapPost("/{id}/use", Use)
            .WithSummary("Puts the model of a run to use, at once and at the next start.")
            .Produces<RunSummary>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapDelete("/{id}", Delete)
            .WithSummary("Deletes a run with its model, unless it is in use.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult GetMistakes(string id, int label, int predicted, RunStore store, DigitSource source)
    {
        if (store.Find(id) is not { } run)
        {
            return NoRun(id);
        }

        if (run.Dataset != source.Name || run.Test.Count != source.Test.Count)
        {
            return Problems.Conflict(
                $"The run was tried on {run.Dataset}, but the service was started with {source.Name}: the images are not at hand.");
        }

        return Results.Ok(
            from mistake in run.Test.Mistakes
            where mistake.Label == label && mistake.Predicted == predicted
            select new MistakeImage(mistake.Index, mistake.Probability, source.Test.PixelsOf(mistake.Index).ToArray()));
    }

    private static IResult Use(string id, RunStore store, ModelHolder models)
    {
        if (store.Find(id) is not { } run)
        {
            return NoRun(id);
        }

        models.Use(run);
        return Results.Ok(RunSummary.Of(run, store));
    }

    private static IResult Delete(string id, RunStore store, EventHub events)
    {
        if (store.Find(id) is null)
        {
            return NoRun(id);
        }

        if (!store.Delete(id))
        {
            return Problems.Conflict("The model of this run is in use: put another one to use first.");
        }

        events.Publish("models");
        return Results.NoContent();
    }

    private static IResult NoRun(string id) => Problems.NotFound($"There is no run '{id}'. GET /api/runs has all of them.");
}

/// <summary>A run in a list.</summary>
internal sealed record RunSummary(
    string Id, string Name, RunKind Kind, DateTimeOffset StartedAt, double Seconds, TrainingRequest Request, string Dataset, int TrainRows,
    bool WasStopped, string Network, double TestAccuracy, LearningOutcome? Learning, string? ParentId, IReadOnlyList<EpochInfo> Epochs,
    bool IsCurrent, bool IsPrevious)
{
    public static RunSummary Of(RunInfo run, RunStore store) => new(
        run.Id, run.Name, run.Kind, run.StartedAt, run.Seconds, run.Request, run.Dataset, run.TrainRows, run.WasStopped, run.Network,
        run.Test.Accuracy, run.Learning, run.ParentId, run.Epochs, run.Id == store.CurrentId, run.Id == store.PreviousId);
}

/// <summary>A run with its confusion matrix: test images by label, then by predicted class.</summary>
internal sealed record RunDetails(RunSummary Summary, IReadOnlyList<string> ClassNames, int TestCount, IReadOnlyList<int[]> Confusion)
{
    public static RunDetails Of(RunInfo run, RunStore store) =>
        new(RunSummary.Of(run, store), run.ClassNames, run.Test.Count, run.Test.Confusion);
}

/// <summary>A test image that was taken for another class.</summary>
/// <param name="Index">Its zero-based index in the test set.</param>
/// <param name="Probability">The probability of the wrong class.</param>
/// <param name="Pixels">28 × 28 bytes, row by row, in base 64.</param>
internal sealed record MistakeImage(int Index, float Probability, byte[] Pixels);
