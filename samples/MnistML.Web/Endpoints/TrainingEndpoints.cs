using System.ComponentModel.DataAnnotations;
using MnistML.Web.Data;
using MnistML.Web.Models;
using MnistML.Web.Service;
using MnistML.Web.Training;

namespace MnistML.Web.Endpoints;

/// <summary>Starts, shows and stops trainings.</summary>
internal static class TrainingEndpoints
{
    public static void MapTrainings(this RouteGroupBuilder api)
    {
        api.MapGet("/training", (TrainingService training) => training.Job is { } job
                ? Results.Ok(job.DescribeWithCurves())
                : Problems.NotFound("No training was started since the service began."))
            .WithTags("Training")
            .WithSummary("The training under way, or the last one, with its curves.")
            .Produces<JobDetails>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/training", Start)
            .WithTags("Training")
            .WithSummary("Starts a training. One at a time: another is refused while one is under way.")
            .Produces<JobStatus>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/training/stop", Stop)
            .WithTags("Training")
            .WithSummary("Ends the training under way and keeps the best model so far, or nothing with keep=false.")
            .Produces<JobStatus>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/corrections/learn", Learn)
            .WithTags("Corrections")
            .WithSummary("Trains the model in use further, on its digits and on all corrections.")
            .Produces<JobStatus>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Start(TrainingRequest request, TrainingService training, ModelHolder models, CorrectionStore corrections)
    {
        var violations = new List<ValidationResult>();
        if (!Validator.TryValidateObject(request, new ValidationContext(request), violations, validateAllProperties: true))
        {
            return Results.ValidationProblem(
                violations.GroupBy(violation => violation.MemberNames.FirstOrDefault("")).ToDictionary(
                    field => field.Key, field => field.Select(violation => violation.ErrorMessage!).ToArray()),
                title: "The training is not possible as it is asked for");
        }

        if (request.FromCurrent && models.Current is null)
        {
            return Problems.NotReady();
        }

        return request.WithCorrections && corrections.All.Count == 0 ? NoCorrections() : Begin(training, RunKind.Train, request);
    }

    private static IResult Learn(TrainingService training, ModelHolder models, CorrectionStore corrections) =>
        models.Current is null ? Problems.NotReady()
        : corrections.All.Count == 0 ? NoCorrections()
        : Begin(training, RunKind.Learn, new TrainingRequest { FromCurrent = true, WithCorrections = true, ValidationShare = 0, Seed = 1 });

    private static IResult Begin(TrainingService training, RunKind kind, TrainingRequest request) =>
        training.TryStart(kind, request) is { } job
            ? Results.Accepted("/api/training", job.Describe())
            : Problems.Conflict("A training is under way, and one at a time is all that this machine has room for. Wait, or stop it.");

    private static IResult NoCorrections() =>
        Problems.Conflict("There are no corrections to learn from: draw a digit and say which it is.");

    private static IResult Stop(TrainingService training, bool keep = true)
    {
        if (training.Job is not { HasEnded: false } job)
        {
            return Problems.Conflict("No training is under way.");
        }

        job.Stop(discard: !keep);
        return Results.Accepted("/api/training", job.Describe());
    }
}
