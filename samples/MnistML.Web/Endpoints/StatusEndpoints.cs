using MnistML.Web.Data;
using MnistML.Web.Models;
using MnistML.Web.Service;
using MnistML.Web.Training;

namespace MnistML.Web.Endpoints;

/// <summary>What the service is like now, and what happens in it.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this RouteGroupBuilder api)
    {
        api.MapGet("/status", Describe)
            .WithTags("Service")
            .WithSummary("The model in use, the digits to train on, and the limits.");
        api.MapGet("/events", Listen)
            .WithTags("Service")
            .WithSummary("Server-sent events: training, progress, models, corrections, heartbeat.")
            .WithDescription(
                "training and progress have the status of the training under way, as GET /api/training; models and corrections say that "
                + "these have changed.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/metrics", (MetricsCollector metrics) => metrics.Read())
            .WithTags("Service")
            .WithSummary("What the library, ASP.NET Core and this service have measured since the start.");
    }

    /// <summary>For Prometheus, which asks for it there.</summary>
    public static void MapMetrics(this WebApplication app) =>
        app.MapGet("/metrics", (MetricsCollector metrics) => Results.Text(metrics.ReadAsText(), "text/plain; version=0.0.4"))
            .WithTags("Service")
            .WithSummary("The same as text for Prometheus.");

    private static ServiceStatus Describe(
        ModelHolder models, RunStore runs, DigitSource source, CorrectionStore corrections, TrainingService training, Limits limits)
    {
        var model = models.Current;
        return new ServiceStatus
        {
            Version = typeof(StatusEndpoints).Assembly.GetName().Version!.ToString(3),
            Model = model is null ? null : new ModelStatus
            {
                Name = model.Name,
                RunId = model.Run?.Id,
                Network = $"{model.Network.Model.Architecture}",
                ClassNames = model.ClassNames,
                TestAccuracy = model.Run?.Test.Accuracy,
                Dataset = model.Run?.Dataset,
            },
            PreviousRunId = runs.PreviousId is { } id ? runs.Find(id)?.Id : null,
            Dataset = source.Name,
            DatasetOrigin = source.Origin,
            IsDrawn = source.IsDrawn,
            CorrectionCount = corrections.All.Count,
            Interrupted = training.Interrupted,
            Training = training.Job?.Describe(),
            Limits = limits,
        };
    }

    private static IResult Listen(
        HttpContext context, EventHub events, Limits limits, ServiceMetrics metrics, IHostApplicationLifetime lifetime)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.RegisterForDispose(end);
        if (events.TryListen(end.Token) is { } stream)
        {
            return TypedResults.ServerSentEvents(stream);
        }

        metrics.CountRefusal();
        return Problems.TooManyStreams(limits);
    }
}

/// <summary>What the service is like now.</summary>
internal sealed record ServiceStatus
{
    public required string Version { get; init; }

    /// <summary>Null until the first model is trained.</summary>
    public required ModelStatus? Model { get; init; }

    /// <summary>The run whose model was in use before; null if there is none, or it was deleted.</summary>
    public required string? PreviousRunId { get; init; }

    public required string Dataset { get; init; }

    public required string DatasetOrigin { get; init; }

    /// <summary>Whether the digits are drawn by the library, since MNIST is not at hand.</summary>
    public required bool IsDrawn { get; init; }

    public required int CorrectionCount { get; init; }

    /// <summary>What the last process left undone.</summary>
    public required string? Interrupted { get; init; }

    /// <summary>The training under way, or the last one that ended since the start.</summary>
    public required JobStatus? Training { get; init; }

    public required Limits Limits { get; init; }
}

/// <summary>The model in use.</summary>
internal sealed record ModelStatus
{
    public required string Name { get; init; }

    /// <summary>Null for a file that the command line named.</summary>
    public required string? RunId { get; init; }

    public required string Network { get; init; }

    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The share of right answers on the test set; null for a file.</summary>
    public required double? TestAccuracy { get; init; }

    public required string? Dataset { get; init; }
}
