using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Patron.Shared;

namespace Patron.UnitTests.Shared;

public class OptionalTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private sealed record Change
    {
        public Optional<string> Name { get; init; }

        public Optional<int> Age { get; init; }
    }

    [Fact]
    public void Omitted_null_and_set_are_distinguished()
    {
        Assert.Equal(("stands", false), Name("{}"));
        Assert.Equal((null, true), Name("""{"name": null}"""));
        Assert.Equal(("Jane", true), Name("""{"name": "Jane"}"""));

        static (string?, bool) Name(string json)
        {
            var change = JsonSerializer.Deserialize<Change>(json, Json)!;
            return (change.Name.Or("stands"), change.Name.IsSet);
        }
    }

    [Theory]
    [InlineData("""{"name": 1}""")]
    [InlineData("""{"name": {"first": "Jane"}}""")]
    [InlineData("""{"age": "7"}""")]
    public void Value_of_the_wrong_type_is_refused_with_its_field(string json)
    {
        var wrong = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Change>(json, Json));
        Assert.Equal(json.Contains("name", StringComparison.Ordinal) ? "$.name" : "$.age", wrong.Path);
    }

    [Fact]
    public void Optional_is_written_as_its_value() =>
        Assert.Equal("""{"name":"Jane","age":0}""", JsonSerializer.Serialize(new Change { Name = new("Jane") }, Json));
}
