using System.Reflection;
using System.Runtime.CompilerServices;

namespace Patron.UnitTests.Architecture;

/// <summary>The projects below <c>src</c>.</summary>
internal static class Modules
{
    /// <summary>Each module and the modules that it may use; the host, <c>patron</c>, may use them all.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Arrows = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Patron.Shared"] = [],
        ["Patron.Accounts"] = ["Patron.Shared"],
        ["Patron.Customers"] = ["Patron.Shared"],
        ["Patron.Erp"] = ["Patron.Shared", "Patron.Customers"],
        ["Patron.Odoo"] = ["Patron.Shared", "Patron.Customers", "Patron.Erp"],
        ["Patron.ErpFiles"] = ["Patron.Shared", "Patron.Customers", "Patron.Erp"],
        ["Patron.Linking"] = ["Patron.Shared", "Patron.Accounts", "Patron.Customers"],
        ["Patron.Web"] = ["Patron.Shared"],
        ["Patron.Dialects"] = ["Patron.Shared", "Patron.Accounts", "Patron.Customers", "Patron.Erp", "Patron.Linking", "Patron.Web"],
        ["Patron.Portal"] = ["Patron.Shared", "Patron.Accounts", "Patron.Customers", "Patron.Erp", "Patron.Linking", "Patron.Web"],
    };

    public static Assembly[] All { get; } = [.. Arrows.Keys.Append("patron").Select(Assembly.Load)];

    /// <summary>What their source files declare, nested types included, without what the compiler and source generators add.</summary>
    public static IEnumerable<Type> Types => All
        .SelectMany(module => module.GetTypes())
        .Where(type => type.Namespace?.Split('.')[0] == "Patron" && !IsGenerated(type));

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || (type.DeclaringType is { } outer && IsGenerated(outer));
}

/// <summary>What breaks a rule, by name.</summary>
internal static class Offenders
{
    /// <summary>There are none but the exceptions, and each exception is still one.</summary>
    public static void ShouldBe(IEnumerable<string> exceptions, IEnumerable<string> offenders)
    {
        var found = offenders.ToList();
        var (added, gone) = (found.Except(exceptions, StringComparer.Ordinal).ToList(), exceptions.Except(found, StringComparer.Ordinal).ToList());
        Assert.True(added.Count == 0, $"These break the rule:\n{string.Join('\n', added)}");
        Assert.True(gone.Count == 0, $"These keep the rule now; take them off the list of exceptions:\n{string.Join('\n', gone)}");
    }
}
