using System.Globalization;
using System.Text.RegularExpressions;

namespace MnistML.Common.Libraries;

/// <summary>What Windows' loader says is wrong. Its sentences are in the user's language, so that only the code tells.</summary>
internal static partial class LoaderCode
{
    /// <summary>ERROR_MOD_NOT_FOUND: the library, or one that it needs, is not found.</summary>
    public const uint ModuleNotFound = 0x8007007E;

    /// <summary>ERROR_PROC_NOT_FOUND: a library lacks a function that another imports from it.</summary>
    public const uint ProcedureNotFound = 0x8007007F;

    /// <summary>The code in a message of the loader; null if there is none.</summary>
    public static uint? Of(string? message) => Code().Match(message ?? "") is { Success: true } match
        ? uint.Parse(match.Groups["code"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : null;

    [GeneratedRegex(@"\(0x(?<code>[0-9A-Fa-f]{8})\)")]
    private static partial Regex Code();
}
