using MnistML.Images;

namespace MnistML.Web.Service;

/// <summary>
/// Reads a picture before the first user does, who would otherwise wait for code to be compiled and libraries to be loaded.
/// </summary>
internal sealed class WarmUp(DigitReader reader, ILogger<WarmUp> logger) : BackgroundService
{
    private const int Side = 280;

    /// <summary>A stroke from top to bottom, in the middle.</summary>
    private const int StrokeWidth = 20;

    /// <summary>So often a method must be called before .NET compiles it for speed.</summary>
    private const int Times = 30;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
        () =>
        {
            var picture = new byte[Side * Side];
            for (var i = 0; i < picture.Length; i++)
            {
                var isInk = Math.Abs((i % Side) - (Side / 2)) <= StrokeWidth / 2 && i / Side is > Side / 5 and < Side * 4 / 5;
                picture[i] = isInk ? byte.MinValue : byte.MaxValue;
            }

            try
            {
                for (var time = 0; time < Times && !stoppingToken.IsCancellationRequested; time++)
                {
                    foreach (var digit in reader.Read(picture, Side, Side).Digits)
                    {
                        using var file = new MemoryStream(digit.ToPng());
                        reader.Read(file);
                    }
                }
            }
            catch (Exception exception)
            {
                logger.WarmUpFailed(exception); // the service goes on, and the first request says what is wrong
            }
        },
        stoppingToken);
}
