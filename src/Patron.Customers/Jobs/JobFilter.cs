using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Customers.Search.Filters;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>The criteria of a job: those of a search, stored as JSON until the job ends.</summary>
public static class JobFilter
{
    private static readonly string[] Personal = ["query", "first_name", "last_name", "company_name", "email", "phone"];

    /// <summary>
    /// Criteria from texts by their names in the API, for the command line. Adds an error for an unknown name or a value that cannot be
    /// read.
    /// </summary>
    public static CustomerCriteria Parse(IReadOnlyDictionary<string, string> given, FieldErrors errors)
    {
        var json = new JsonObject();
        foreach (var (name, text) in given)
        {
            json[name] = name switch
            {
                "tags" => new JsonArray([.. CustomerTags.Parse(text).Select(tag => (JsonNode)tag)]),
                "is_active" or "is_verified" when bool.TryParse(text, out var flag) => flag,
                _ => text,
            };
            try
            {
                var one = new JsonObject { [name] = json[name]!.DeepClone() };
                _ = one.Deserialize(JobFilterJson.Default.CustomerCriteria);
            }
            catch (JsonException)
            {
                errors.Add(name, "There's no such criterion, or it can't have this value.");
                json.Remove(name);
            }
        }

        return Read(json.ToJsonString());
    }

    internal static string ToJson(CustomerCriteria criteria) => JsonSerializer.Serialize(
        criteria with { Tags = criteria.Tags.Length == 0 ? null! : criteria.Tags }, JobFilterJson.Default.CustomerCriteria);

    internal static CustomerCriteria Read(string json)
    {
        var criteria = JsonSerializer.Deserialize(json, JobFilterJson.Default.CustomerCriteria)!;
        return criteria with { Tags = criteria.Tags ?? [] };
    }

    /// <summary>The criteria, null where a job names its customers, without those that can name a person.</summary>
    internal static string? WithoutPersons(string? json)
    {
        if (json is null)
        {
            return null;
        }

        var criteria = Read(json);
        return ToJson(criteria with
        {
            Query = null, FirstName = null, LastName = null, CompanyName = null, Email = null, Phone = null,
            Filter = criteria.Filter is { } filter ? FilterTerms.Own.ParseStored(filter).WithoutPersons() : null,
        });
    }

    /// <summary>The given criteria that name a person, whose values a separate accounts service keeps.</summary>
    internal static IEnumerable<string> FindPersonal(CustomerCriteria criteria)
    {
        string?[] given = [criteria.Query, criteria.FirstName, criteria.LastName, null, criteria.Email, criteria.Phone];
        return Personal.Zip(given).Where(one => one.Second is not null).Select(one => one.First);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CustomerCriteria))]
internal sealed partial class JobFilterJson : JsonSerializerContext;
