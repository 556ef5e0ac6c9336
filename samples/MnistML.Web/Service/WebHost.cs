using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.FileProviders;
using MnistML.Images;
using MnistML.Web.Data;
using MnistML.Web.Endpoints;
using MnistML.Web.Models;
using MnistML.Web.Training;

namespace MnistML.Web.Service;

/// <summary>Puts the service together and runs it.</summary>
internal static class WebHost
{
    /// <summary>Runs the service until it is ended.</summary>
    public static async Task RunAsync(WebSettings settings)
    {
        using var state = StateFolder.Open(settings.StateFolder);
        var source = DigitSource.Find(settings.DataFolder, state.DrawnFolder);
        var port = settings.Port ?? FindFreePort(settings.Address);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var limits = Limits.Read(builder.Configuration);
        AddServices(builder, limits, state, source);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.UploadBytes;
            kestrel.Limits.MaxConcurrentConnections = limits.Connections;
            kestrel.Listen(settings.Address, port);
        });

        await using var app = builder.Build();
        app.Services.GetRequiredService<ModelHolder>().LoadFirst(settings.ModelPath);
        Use(app, settings);
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is SocketException or AddressInUseException)
        {
            throw new IOException(
                $"The address {settings.Address}, port {port}, can't be listened on ({exception.Message.TrimEnd('.')}): name another one "
                + "by --port.",
                exception);
        }

        Announce(settings, source, app.Urls.First());
        await app.WaitForShutdownAsync();
    }

    private static void AddServices(WebApplicationBuilder builder, Limits limits, StateFolder state, DigitSource source)
    {
        var services = builder.Services;
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        services.AddSingleton(limits).AddSingleton(state).AddSingleton(source).AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new CorrectionStore(state.CorrectionsFolder, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new RunStore(state.RunsFolder));
        services.AddSingleton(new MetricsCollector());
        services.AddSingleton<ModelHolder>().AddSingleton<EventHub>().AddSingleton<ScoringGate>().AddSingleton<ServiceMetrics>();
        services.AddSingleton<DigitReader>().AddSingleton<PictureAnswers>();
        services.AddSingleton<NetworkTraining>().AddSingleton<TrainingService>();
        services.AddHostedService(provider => provider.GetRequiredService<TrainingService>()).AddHostedService<WarmUp>();
        services.AddOpenApi();
        services.AddProblemDetails().AddExceptionHandler<ProblemHandler>();
        services.AddHealthChecks().AddCheck<ReadyCheck>("model", tags: [ReadyCheck.Tag]);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => PartitionOf(context, limits));
            options.OnRejected = async (context, _) =>
            {
                context.HttpContext.RequestServices.GetRequiredService<ServiceMetrics>().CountRefusal();
                context.HttpContext.Response.Headers.RetryAfter = "1";
                await Problems.TooManyRequests(limits).ExecuteAsync(context.HttpContext);
            };
        });
    }

    private static void Use(WebApplication app, WebSettings settings)
    {
        app.UseSecurity(IPAddress.IsLoopback(settings.Address));
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRateLimiter();
        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        app.MapOpenApi();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyCheck.Tag) });
        var api = app.MapGroup("/api");
        api.MapStatus();
        api.MapPictures();
        api.MapTrainings();
        api.MapRuns();
        api.MapCorrections();
        app.MapMetrics();
    }

    /// <summary>What costs little, and what must be there when all else is refused, is not limited.</summary>
    private static RateLimitPartition<IPAddress> PartitionOf(HttpContext context, Limits limits) =>
        context.Request.Path.StartsWithSegments("/api")
            ? RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress ?? IPAddress.None, _ => BucketOf(limits))
            : RateLimitPartition.GetNoLimiter(IPAddress.None);

    private static TokenBucketRateLimiterOptions BucketOf(Limits limits)
    {
        const int PeriodsOfSecond = 10;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestBurst,
            TokensPerPeriod = Math.Max(limits.RequestsPerSecond / PeriodsOfSecond, 1),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / Math.Min(PeriodsOfSecond, limits.RequestsPerSecond)),
            QueueLimit = 0,
        };
    }

    private static int FindFreePort(IPAddress address)
    {
        foreach (var port in Enumerable.Range(WebSettings.FirstPort, WebSettings.PortCount))
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
            catch (SocketException exception)
            {
                throw new IOException($"--listen is {address}, but can't be listened on: {exception.Message}.", exception);
            }
        }

        var lastPort = WebSettings.FirstPort + WebSettings.PortCount - 1;
        throw new IOException($"The ports {WebSettings.FirstPort} to {lastPort} are all in use: name one by --port.");
    }

    private static void Announce(WebSettings settings, DigitSource source, string url)
    {
        Console.WriteLine($"Models and corrections are in {settings.StateFolder}.");
        Console.WriteLine(
            source.IsDrawn
                ? $"{source.Origin}, so networks are trained on digits that MnistML draws. --data DIR names a folder with MNIST's files."
                : $"Digits to train on: {source.Name}, {source.Origin}.");
        if (!IPAddress.IsLoopback(settings.Address))
        {
            Console.WriteLine("Warning: everyone who reaches this address may draw, train and delete. There is no password.");
        }

        Console.WriteLine($"The page is at {url}/ and Ctrl+C ends it.");
    }
}
