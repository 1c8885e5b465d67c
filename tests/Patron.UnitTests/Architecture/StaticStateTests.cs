using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Patron.UnitTests.Architecture;

/// <summary>
/// Whatever changes belongs to an object that the host makes: several servers in one process share nothing. Static fields are constants.
/// Arrays may be private constants: they cannot grow, and the one class that could change them is in sight.
/// </summary>
public sealed class StaticStateTests
{
    // To be changed. None may be added.
    private static readonly string[] Exceptions =
    [
    ];

    [Fact]
    public void Static_fields_do_not_change() => Offenders.ShouldBe(
        Exceptions,
        Modules.Types
            .Where(type => !typeof(JsonSerializerContext).IsAssignableFrom(type)) // Half of these is generated, with caches.
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsLiteral && !(field.IsInitOnly && (IsConstant(field.FieldType) || IsPrivateArray(field))))
            .Select(field => $"{field.DeclaringType}.{field.Name}"));

    [Theory]
    [InlineData(typeof(string), true)]
    [InlineData(typeof(IReadOnlyList<string>), true)]
    [InlineData(typeof(ImmutableArray<string>), true)]
    [InlineData(typeof(FrozenDictionary<string, int>), true)]
    [InlineData(typeof(string[]), false)]
    [InlineData(typeof(List<string>), false)]
    [InlineData(typeof(IDictionary<string, int>), false)]
    [InlineData(typeof(Lazy<HashSet<string>>), false)]
    [InlineData(typeof(IReadOnlyList<List<string>>), false)]
    [InlineData(typeof(System.Collections.Concurrent.ConcurrentQueue<string>), false)]
    [InlineData(typeof(System.Collections.Concurrent.ConcurrentDictionary<string, int>), false)]
    public void A_collection_is_a_constant_when_nothing_can_be_added(Type type, bool isConstant) => Assert.Equal(isConstant, IsConstant(type));

    // The field behind a property is private too, and its array is not.
    private static bool IsPrivateArray(FieldInfo field) => field.FieldType.IsArray && field.IsPrivate && !field.IsDefined(typeof(CompilerGeneratedAttribute));

    // What is no collection is trusted to be made for sharing, like a culture or a logger's delegate; of a lazy value or a tuple its parts count.
    private static bool IsConstant(Type type) =>
        type == typeof(string) || typeof(Delegate).IsAssignableFrom(type)
        || ((IsReadOnly(type) || !typeof(IEnumerable).IsAssignableFrom(type)) && type.GetGenericArguments().All(IsConstant));

    private static bool IsReadOnly(Type type) =>
        type.Namespace is "System.Collections.Frozen" or "System.Collections.Immutable" || type.Name.StartsWith("IReadOnly", StringComparison.Ordinal);
}
