using System.Reflection;
using System.Runtime.CompilerServices;

namespace Patron.UnitTests.Architecture;

/// <summary>The projects below <c>src</c>.</summary>
internal static class Modules
{
    /// <summary>Each module with the modules that it may use. The host, <c>patron</c>, may use all.</summary>
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
        ["Patron.Console"] = ["Patron.Shared", "Patron.Accounts", "Patron.Customers", "Patron.Erp", "Patron.Linking", "Patron.Web"],
        ["Patron.Portal"] = ["Patron.Shared", "Patron.Accounts", "Patron.Customers", "Patron.Erp", "Patron.Linking", "Patron.Web"],
    };

    public static Assembly[] All { get; } = [.. Arrows.Keys.Append("patron").Select(Assembly.Load)];

    /// <summary>The types declared in source files, including nested ones, without generated types.</summary>
    public static IEnumerable<Type> Types => All
        .SelectMany(module => module.GetTypes())
        .Where(type => type.Namespace?.Split('.')[0] == "Patron" && !IsGenerated(type));

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || (type.DeclaringType is { } outer && IsGenerated(outer));
}

/// <summary>Compares the types that break a rule with its exceptions.</summary>
internal static class Offenders
{
    /// <summary>Asserts that only the exceptions break the rule, and that each exception is still needed.</summary>
    public static void ShouldBe(IEnumerable<string> exceptions, IEnumerable<string> offenders)
    {
        var found = offenders.ToList();
        var (added, gone) = (found.Except(exceptions, StringComparer.Ordinal).ToList(), exceptions.Except(found, StringComparer.Ordinal).ToList());
        Assert.True(added.Count == 0, $"These break the rule:\n{string.Join('\n', added)}");
        Assert.True(gone.Count == 0, $"These keep the rule now; take them off the list of exceptions:\n{string.Join('\n', gone)}");
    }
}
