using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Patron.UnitTests.Architecture;

/// <summary>
/// Static fields must be immutable, so that several servers in one process share no state.
/// Private arrays are accepted, because only their own class can change them.
/// </summary>
public sealed class StaticStateTests
{
    // These have to be changed. Do not add more.
    private static readonly string[] Exceptions =
    [
    ];

    [Fact]
    public void Static_fields_are_immutable() => Offenders.ShouldBe(
        Exceptions,
        Modules.Types
            .Where(type => !typeof(JsonSerializerContext).IsAssignableFrom(type) && !typeof(RuntimeModel).IsAssignableFrom(type)) // Generated.
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
    public void Collection_is_constant_if_nothing_can_be_added(Type type, bool isConstant) => Assert.Equal(isConstant, IsConstant(type));

    // Backing fields of properties are excluded, because their arrays are accessible.
    private static bool IsPrivateArray(FieldInfo field) => field.FieldType.IsArray && field.IsPrivate && !field.IsDefined(typeof(CompilerGeneratedAttribute));

    // Types that are not collections are assumed to be immutable, such as a culture or a logging delegate. Lazy values and tuples are
    // checked by parts.
    private static bool IsConstant(Type type) =>
        type == typeof(string) || typeof(Delegate).IsAssignableFrom(type)
        || ((IsReadOnly(type) || !typeof(IEnumerable).IsAssignableFrom(type)) && type.GetGenericArguments().All(IsConstant));

    private static bool IsReadOnly(Type type) =>
        type.Namespace is "System.Collections.Frozen" or "System.Collections.Immutable" || type.Name.StartsWith("IReadOnly", StringComparison.Ordinal);
}
