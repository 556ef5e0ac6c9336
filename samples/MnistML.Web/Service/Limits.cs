using System.ComponentModel.DataAnnotations;

namespace MnistML.Web.Service;

/// <summary>
/// What one client may ask of the service, and all together. Each can be set by the section Limits of appsettings.json, or in the
/// environment, as <c>Limits__UploadBytes</c>.
/// </summary>
internal sealed record Limits
{
    /// <summary>The size of a picture's file, or of any other request.</summary>
    [Range(1_000, 1_000_000_000)]
    public long UploadBytes { get; init; } = 10_000_000;

    /// <summary>Pictures that are read and scored at once; the number of cores by default.</summary>
    [Range(1, 1_000)]
    public int ScoringAtOnce { get; init; } = Environment.ProcessorCount;

    /// <summary>Pictures that wait for that.</summary>
    [Range(0, 100_000)]
    public int ScoringQueue { get; init; } = 64;

    /// <summary>Requests a second of one address, on average.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; init; } = 500;

    /// <summary>Requests of one address that may come at once.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; init; } = 1_000;

    /// <summary>Connections at once.</summary>
    [Range(1, 100_000)]
    public int Connections { get; init; } = 256;

    /// <summary>Pages that are sent events at once.</summary>
    [Range(1, 10_000)]
    public int EventStreams { get; init; } = 64;

    /// <summary>Labelled drawings that are kept.</summary>
    [Range(1, 1_000_000)]
    public int Corrections { get; init; } = 5_000;

    /// <summary>Digits that are answered for in one picture.</summary>
    [Range(1, 10_000)]
    public int DigitsInPicture { get; init; } = 200;

    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public static Limits Read(IConfiguration configuration)
    {
        var limits = configuration.GetSection("Limits").Get<Limits>() ?? new Limits();
        var violations = new List<ValidationResult>();
        return Validator.TryValidateObject(limits, new ValidationContext(limits), violations, validateAllProperties: true)
            ? limits
            : throw new ArgumentException(
                $"Limits of the configuration are not valid: {string.Join(" ", violations.Select(violation => violation.ErrorMessage))}");
    }
}
