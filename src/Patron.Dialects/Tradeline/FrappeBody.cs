using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Tradeline;

/// <summary>
/// The arguments of a method as Frappe accepts them: JSON, a form of either content type with the same names, or no body. Form values are
/// texts. A repeated name is a list, which no field accepts (422).
/// </summary>
internal sealed record FrappeBody<T>(T Value)
    where T : notnull
{
    public static async ValueTask<FrappeBody<T>?> BindAsync(HttpContext http)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        try
        {
            return new FrappeBody<T>(
                await ReadAsync(http, type) ?? throw new BadHttpRequestException("The body must be a JSON object."));
        }
        catch (JsonException wrong)
        {
            throw new BadHttpRequestException("The arguments could not be read.", wrong);
        }
    }

    private static async Task<T?> ReadAsync(HttpContext http, JsonTypeInfo<T> type)
    {
        if (http.Request.HasFormContentType)
        {
            return JsonSerializer.Deserialize(FrappeBody.ToJson(await Forms.ReadAsync(http)), type);
        }

        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return JsonSerializer.Deserialize("{}"u8, type);
        }

        return http.Request.HasJsonContentType()
            ? await http.Request.ReadFromJsonAsync(type, http.RequestAborted)
            : throw new BadHttpRequestException(Problems.NotJson, StatusCodes.Status415UnsupportedMediaType);
    }
}

/// <summary>Converts forms to JSON, and adds the body to the API reference.</summary>
internal static class FrappeBody
{
    /// <summary>
    /// Describes the body of an endpoint with a <see cref="FrappeBody{T}"/> in the API reference, with an example in JSON.
    /// </summary>
    public static RouteHandlerBuilder TakesArguments<T>(this RouteHandlerBuilder builder, string example)
        where T : notnull =>
        builder.Accepts<T>(isOptional: true, "application/json", "application/x-www-form-urlencoded", "multipart/form-data")
            .TakesExample(example);

    public static byte[] ToJson(IFormCollection form)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in form)
            {
                writer.WritePropertyName(name);
                if (values.Count == 1)
                {
                    writer.WriteStringValue(values[0]);
                }
                else
                {
                    JsonSerializer.Serialize(writer, values.ToArray(), TradelineJson.Default.StringArray);
                }
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
