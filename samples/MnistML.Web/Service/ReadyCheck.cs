using Microsoft.Extensions.Diagnostics.HealthChecks;
using MnistML.Web.Models;

namespace MnistML.Web.Service;

/// <summary>The service is ready when it has a model.</summary>
internal sealed class ReadyCheck(ModelHolder models) : IHealthCheck
{
    public const string Tag = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            models.Current is null ? HealthCheckResult.Unhealthy("The first model is in training.") : HealthCheckResult.Healthy());
}
