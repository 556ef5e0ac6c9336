using MnistML.Web.Data;

namespace MnistML.Web.Service;

/// <summary>Answers that say what was found, what was expected, and what to do (RFC 9457). A limit is named with its value.</summary>
internal static class Problems
{
    public static IResult TooLarge(Limits limits) => OfLimit(
        StatusCodes.Status413PayloadTooLarge,
        "The request is too large",
        $"At most {limits.UploadBytes:N0} bytes are taken. Send a smaller picture.",
        nameof(Limits.UploadBytes),
        limits.UploadBytes);

    public static IResult TooManyWaiting(Limits limits) => OfLimit(
        StatusCodes.Status503ServiceUnavailable,
        "Too many pictures are waiting",
        $"{limits.ScoringQueue:N0} pictures wait for {limits.ScoringAtOnce:N0} that are read at once. Try again in a second.",
        nameof(Limits.ScoringQueue),
        limits.ScoringQueue);

    public static IResult TooManyRequests(Limits limits) => OfLimit(
        StatusCodes.Status429TooManyRequests,
        "Too many requests",
        $"One address may ask {limits.RequestsPerSecond:N0} times a second. Try again in a second.",
        nameof(Limits.RequestsPerSecond),
        limits.RequestsPerSecond);

    public static IResult TooManyStreams(Limits limits) => OfLimit(
        StatusCodes.Status503ServiceUnavailable,
        "Too many pages are open",
        $"Events are sent to {limits.EventStreams:N0} pages at once. Close some.",
        nameof(Limits.EventStreams),
        limits.EventStreams);

    public static IResult TooManyCorrections(Limits limits) => OfLimit(
        StatusCodes.Status409Conflict,
        "There are as many corrections as are kept",
        $"{limits.Corrections:N0} drawings are kept. Delete some first.",
        nameof(Limits.Corrections),
        limits.Corrections);

    public static IResult NotReady() => Results.Problem(
        "There is no model yet: the first one is in training. GET /api/training has its progress.",
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: "Not ready");

    public static IResult Unreadable(string why) => Results.Problem(
        Sentence(why), statusCode: StatusCodes.Status422UnprocessableEntity, title: "The picture can't be read");

    public static IResult BadRequest(string why) =>
        Results.Problem(why, statusCode: StatusCodes.Status400BadRequest, title: "The request is not understood");

    public static IResult WrongPixelCount(int count) =>
        BadRequest($"There are {count} pixels, but {DigitSet.PixelCount} bytes in base 64 are expected.");

    public static IResult WrongLabel(int label, int classCount) =>
        BadRequest($"The label is {label}, but there are the classes 0 to {classCount - 1}.");

    public static IResult NotFound(string what) =>
        Results.Problem(what, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    public static IResult Conflict(string why) =>
        Results.Problem(why, statusCode: StatusCodes.Status409Conflict, title: "Not now");

    private static IResult OfLimit(int status, string title, string detail, string name, long value) => Results.Problem(
        detail, statusCode: status, title: title, extensions: new Dictionary<string, object?> { ["limit"] = new LimitInfo(name, value) });

    private static string Sentence(string text) =>
        text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}{(text.EndsWith('.') ? "" : ".")}";

    private sealed record LimitInfo(string Name, long Value);
}
