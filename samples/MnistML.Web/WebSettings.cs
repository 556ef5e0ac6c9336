using System.Net;

namespace MnistML.Web;

/// <summary>What the command line decides.</summary>
internal sealed record WebSettings
{
    /// <summary>The first port that is tried.</summary>
    public const int FirstPort = 5080;

    /// <summary>Ports that are tried before the service gives up.</summary>
    public const int PortCount = 100;

    /// <summary>
    /// Where models and corrections are kept: <c>$XDG_DATA_HOME</c> or <c>~/.local/share</c> on Linux, <c>~/Library/Application Support</c>
    /// on macOS, the local application data on Windows.
    /// </summary>
    public static string DefaultStateFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "mnistml",
        "web");

    public required string StateFolder { get; init; }

    /// <summary>A saved model to begin with; null for the one of the state's folder.</summary>
    public string? ModelPath { get; init; }

    /// <summary>The folder of MNIST's files; null to look for them.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The port; null for the next free one.</summary>
    public int? Port { get; init; }

    public required IPAddress Address { get; init; }
}
