using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>Maps the tradeline dialect (source 1): accounts with their customer records for front ends of Frappe.</summary>
public static class TradelineEndpoints
{
    public static void AddJson(JsonSerializerOptions options) => options.TypeInfoResolverChain.Insert(0, TradelineJson.Default);

    public static void MapTradeline(this IEndpointRouteBuilder app, TradelineOptions options)
    {
        var frappe = app.MapGroup("").WithTags("Tradeline").ServedBy(ProcessRole.All);
        frappe.MapFrappeCommands();
        var group = frappe.MapGroup("/api/method");
        group.MapFrappe();

        var methods = new AppMethods(group, options);
        methods.MapAccountMethods();
        methods.MapUserMethods();
        methods.MapAddressMethods();
    }
}

/// <summary>Maps the methods of the app. Its name and the envelope around answers are settings.</summary>
internal sealed record AppMethods(RouteGroupBuilder Group, TradelineOptions Options)
{
    public RouteHandlerBuilder MapGet(string method, Delegate handler) => Group.MapGet(Path(method), handler);

    public RouteHandlerBuilder MapPost(string method, Delegate handler) => Group.MapPost(Path(method), handler);

    private string Path(string method) => $"/{Options.App}.api.{method}";
}

/// <summary>Helpers for the methods of the app.</summary>
internal static class MethodAnswers
{
    /// <summary>Describes the result of a method and, if the settings say so, puts it into the envelope.</summary>
    public static RouteHandlerBuilder Returns<T>(
        this RouteHandlerBuilder builder, AppMethods methods, string description, string example) =>
        methods.Options.Envelope
            ? builder.Answers<MethodEnvelope<T>>(StatusCodes.Status200OK, description, $$"""{"message": {{example}}}""")
                .AddEndpointFilter(Wrap<T>)
            : builder.Answers<T>(StatusCodes.Status200OK, description, example);

    /// <summary>The person's customer record in the home organization, or null.</summary>
    public static async Task<Customer?> OfAsync(this HomeCustomers customers, Guid userId, CancellationToken cancellationToken) =>
        (await customers.FindAsync([userId], cancellationToken)).GetValueOrDefault(userId);

    private static async ValueTask<object?> Wrap<T>(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await next(context) switch
        {
            Ok<T> { Value: { } answer } => TypedResults.Ok(new MethodEnvelope<T>(answer)),
            var error => error,
        };
}
