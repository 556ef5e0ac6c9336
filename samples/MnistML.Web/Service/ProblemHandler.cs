using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace MnistML.Web.Service;

/// <summary>Turns what a request threw into an answer. What is the service's own fault is logged, and not shown.</summary>
internal sealed class ProblemHandler(Limits limits, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        await Describe(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    private IResult Describe(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problems.TooLarge(limits);
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return Results.Problem(
                    "The request came too slowly, and was given up.", statusCode: StatusCodes.Status408RequestTimeout, title: "Too slow");
            case BadHttpRequestException { InnerException: JsonException json }:
                return Problems.BadRequest($"The body is not the JSON that is expected: {json.Message}");
            case BadHttpRequestException bad:
                return Results.Problem(bad.Message, statusCode: bad.StatusCode, title: "The request is not understood");
            case IOException or UnauthorizedAccessException:
                logger.RequestFailed(exception, context.Request.Method, context.Request.Path);
                return Results.Problem(
                    "A file can't be read or written. Is the disk full? The service's log says more.",
                    statusCode: StatusCodes.Status507InsufficientStorage,
                    title: "Not kept");
            default:
                logger.RequestFailed(exception, context.Request.Method, context.Request.Path);
                return Results.Problem(
                    "The service's log says more.", statusCode: StatusCodes.Status500InternalServerError, title: "Internal error");
        }
    }
}
