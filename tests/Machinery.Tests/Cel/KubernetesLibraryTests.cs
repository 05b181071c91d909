using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

/// <summary>The examples of Kubernetes' documentation, and the corners of its libraries.</summary>
public class KubernetesLibraryTests
{
    private static readonly CelEnvironment Environment = CelEnvironment.Kubernetes();

    [Theory]
    [InlineData("[1, 2, 3].isSorted() && ![2, 1].isSorted()")]
    [InlineData("[1, 3].sum() == 4 && [1.5, 2.5].sum() == 4.0 && [duration('1s'), duration('2s')].sum() == duration('3s')")]
    [InlineData("[1, 3].max() == 3 && ['b', 'a'].min() == 'a'")]
    [InlineData("['a', 'b', 'c', 'b'].indexOf('b') == 1 && ['a', 'b', 'c', 'b'].lastIndexOf('b') == 3 && [1].indexOf(2) == -1")]
    [InlineData("[3, 1, 2].sort() == [1, 2, 3] && ['x', 'yy', ''].sortBy(s, s.size()) == ['', 'x', 'yy']")]
    [InlineData("[1, 2, 2, 1].distinct() == [1, 2] && [[1], [2, 3]].flatten() == [1, 2, 3] && [1, 2, 3].reverse() == [3, 2, 1]")]
    [InlineData("lists.range(3) == [0, 1, 2] && [1, 2, 3, 4].slice(1, 3) == [2, 3]")]
    [InlineData("[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && !([1].filter(x, x > 1).first().hasValue())")]
    [InlineData("'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''")]
    [InlineData("'123 abc 456'.findAll('[0-9]+') == ['123', '456'] && '123 abc 456'.findAll('[0-9]+', 1) == ['123'] && '123 abc 456'.findAll('xyz') == []")]
    [InlineData("url('https://example.com:80/').getHost() == 'example.com:80' && url('https://[::1]:80/path').getHostname() == '::1'")]
    [InlineData("url('https://example.com:80/').getPort() == '80' && url('https://example.com/').getPort() == ''")]
    [InlineData("url('/path').getScheme() == '' && url('https://example.com/path with spaces/').getEscapedPath() == '/path%20with%20spaces/'")]
    [InlineData("url('https://example.com/path?k1=a&k2=b&k2=c').getQuery() == {'k1': ['a'], 'k2': ['b', 'c']}")]
    [InlineData("url('https://example.com/path?key with spaces=value with spaces').getQuery() == {'key with spaces': ['value with spaces']}")]
    [InlineData("isURL('https://user:pass@example.com:80/path?query=val#fragment') && isURL('/absolute-path') && !isURL('https://a:b:c/') && !isURL('../relative-path')")]
    [InlineData("quantity('500Mi').isLessThan(quantity('1Gi')) && quantity('200M') == quantity('0.2G') && !(quantity('50k').isGreaterThan(quantity('50k')))")]
    [InlineData("isQuantity('1.5G') && !isQuantity('1.3.5k') && !isQuantity('20Mil')")]
    [InlineData("quantity('50k').add(20) == quantity('50020') && quantity('50k').sub(quantity('100k')).sub(-50000).asInteger() == 0")]
    [InlineData("quantity('200M').compareTo(quantity('0.3G')) == -1 && sign(quantity('-50k')) == -1 && quantity('50703k').asApproximateFloat() == 50703000.0")]
    [InlineData("!quantity('50.5').isInteger() && quantity('50k').isInteger()")]
    [InlineData("isIP('127.0.0.1') && isIP('::1') && !isIP('127.0.0.256') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%en0') && !isIP('010.0.0.1')")]
    [InlineData("ip.isCanonical('127.0.0.1') && ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && !ip.isCanonical('2001:db8::0:0:0:abcd')")]
    [InlineData("ip('127.0.0.1').family() == 4 && ip('::1').family() == 6 && ip('0.0.0.0').isUnspecified() && ip('127.0.0.5').isLoopback()")]
    [InlineData("ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()")]
    [InlineData("ip('169.254.169.254').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast() && !ip('fd80::1').isLinkLocalUnicast()")]
    [InlineData("ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && !ip('ff00::1').isGlobalUnicast()")]
    [InlineData("ip('127.0.0.1') == ip('127.0.0.1') && string(ip('2001:DB8::1')) == '2001:db8::1' && type(ip('::1')) == net.IP")]
    [InlineData("cidr('192.168.0.0/24').containsIP('192.168.0.1') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.1'))")]
    [InlineData("cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.0/16'))")]
    [InlineData("cidr('192.168.0.5/24').masked() == cidr('192.168.0.0/24') && cidr('::1/128').prefixLength() == 128 && cidr('10.0.0.9/8').ip() == ip('10.0.0.9')")]
    [InlineData("isCIDR('192.168.0.0/16') && !isCIDR('192.168.0.0/33') && !isCIDR('192.168.0.0') && !isCIDR('::ffff:1.2.3.4/24')")]
    [InlineData("!format.dns1123Label().validate('my-label-name').hasValue() && format.dns1123Label().validate('contains a space').hasValue()")]
    [InlineData("!format.dns1123LabelPrefix().validate('my-label-prefix-').hasValue() && format.named('dns1035Label').value() == format.dns1035Label()")]
    [InlineData("!format.named('unknown').hasValue() && !format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()")]
    [InlineData("format.byte().validate('aGVsbG8').value() == ['invalid base64'] && format.date().validate('2020-01-32').value() == ['invalid date']")]
    [InlineData("format.datetime().validate('2020-01-32T00:00:00Z').value() == ['invalid datetime'] && !format.datetime().validate('2020-01-01T00:00:00Z').hasValue()")]
    [InlineData("semver('1.2.3').isLessThan(semver('1.2.4')) && semver('1.0.0-alpha.beta').compareTo(semver('1.0.0-alpha.1')) == 1 && semver('1.0.0') == semver('1.0.0+build')")]
    [InlineData("semver('v1.0', true) == semver('1.0.0') && semver('01.02.3', true).minor() == 2 && !isSemver('v1.0.0') && isSemver('v1.0.0', true) && !isSemver('1.0-beta', true)")]
    [InlineData("sets.contains([1, 2, 3, 4], [2, 3]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2]) && sets.intersects([[1], [2, 3]], [[2, 3]])")]
    [InlineData("'%s is %d years and %.2f%% done'.format(['x', 5, 12.345]) == 'x is 5 years and 12.35% done'")]
    [InlineData("'%s'.format([['abc', 3.14, null, [9, 8], timestamp('2023-02-03T23:31:20Z')]]) == '[\"abc\", 3.140000, null, [9, 8], timestamp(\"2023-02-03T23:31:20Z\")]'")]
    [InlineData("'%e|%b|%o|%X|%f'.format([1052.032911275, -5, 11, 'hi', 1234.5]) == '1.052033\\u202f\\u00d7\\u202f10\\u2070\\u00b3|-101|13|6869|1,234.500000'")]
    [InlineData("'tacocat'.charAt(7) == '' && 'hello mellow'.lastIndexOf('ello', 6) == 1 && 'a😁c'.indexOf('c') == 2 && 'a😁c'.substring(1, 2) == '😁'")]
    [InlineData("'hello'.replace('', '_') == '_h_e_l_l_o_' && 'aXbXc'.split('X', 2) == ['a', 'bXc'] && 'abc'.split('') == ['a', 'b', 'c'] && 'a,b'.split(',', 0) == []")]
    [InlineData("strings.quote('a\\n\"') == '\"a\\\\n\\\\\"\"' && ['x', 'y'].join('-') == 'x-y' && '  trim\\t '.trim() == 'trim' && 'TaCo'.upperAscii() == 'TACO'")]
    [InlineData("'multi\\nline'.matches('(?m)^line$') && !'a\\n'.matches('^a$') && 'é'.matches('^\\\\pL$') && !'é'.matches('^\\\\w$') && 'a😁c'.matches('^a.c$')")]
    [InlineData("'foo'.matches('^(?i)FOO$') && 'x-y'.matches('^[[:alpha:]]-[^[:digit:]]$') && 'a.b'.matches('\\\\Qa.b\\\\E') && 'ab12'.matches('^(?P<word>[a-z]{2})\\\\d{2,}$')")]
    [InlineData("[1, 2, 3].all(i, v, v == i + 1) && {'a': 1}.exists(k, v, k == 'a' && v == 1) && {'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10) == {'b': 20}")]
    [InlineData("{'greeting': 'hi'}.transformMapEntry(k, v, {v: k}) == {'hi': 'greeting'} && [5, 6].transformList(i, v, i > 0, v) == [6]")]
    [InlineData("optional.of(3).optMap(x, x + 1).value() == 4 && optional.ofNonZeroValue('').or(optional.of('y')).value() == 'y' && {'a': {'b': 1}}[?'a'].b.orValue(0) == 1")]
    [InlineData("[?optional.none(), 1, ?optional.of(2)] == [1, 2] && {?'x': optional.of(1)}.?x.hasValue() && !{'x': 1}.?y.hasValue()")]
    [InlineData("{'a-b': 1}.`a-b` == 1")]
    [InlineData("timestamp('2023-12-25T12:00:00Z').getDayOfYear() == 358 && timestamp('2023-12-25T00:00:00Z').getHours('-08:00') == 16 && timestamp('2023-06-01T00:00:00Z').getHours('Asia/Kolkata') == 5")]
    [InlineData("timestamp('2024-01-01T00:00:00Z') - duration('24h') < timestamp('2024-01-01T00:00:00Z') && duration('1h30m').getMinutes() == 90")]
    public void Holds(string expression)
    {
        var outcome = Programs.Compiled(Environment, expression).Run(CelBindings.Empty);

        Assert.True(outcome.IsTrue, outcome.Value.ToString());
    }

    [Theory]
    [InlineData("[1][5] == 1", "index out of bounds: 5")]
    [InlineData("{'a': 1}.b == 1", "no such key: b")]
    [InlineData("1 / 0 == 1", "division by zero")]
    [InlineData("1 % 0 == 1", "modulus by zero")]
    [InlineData("9223372036854775807 + 1 == 0", "integer overflow")]
    [InlineData("dyn('a') + 1 == 2", "no such overload")]
    [InlineData("dyn(1).lowerAscii() == 'a'", "no such overload: lowerAscii(int)")]
    [InlineData("optional.none().value() == 1", "optional.none() dereference")]
    [InlineData("[].map(x, int(x)).max() == 1", "max called on empty list")]
    [InlineData("int('x') == 1", "type conversion error from 'string' to 'int'")]
    [InlineData("ip('1.2.3').family() == 4", "IP Address \"1.2.3\" parse error during conversion from string: ParseAddr(\"1.2.3\"): unable to parse IP")]
    [InlineData("'abc'.charAt(9) == ''", "index out of range: 9")]
    [InlineData("'abc'.matches('a' + '(') ", "error parsing regexp: missing closing ): `a(`")]
    [InlineData("[1, 2].slice(1, 5) == []", "cannot slice(1, 5), list is length 2")]
    [InlineData("'%d'.format([dyn('x')]) == ''", "error during formatting: decimal clause can only be used on integers, was given string")]
    [InlineData("{'a': 1, 'b': 1}.transformMapEntry(k, v, {v: k}) == {}", "insert failed: key 1 already exists")]
    public void Fails(string expression, string message) =>
        Assert.Equal(message, Programs.Compiled(Environment, expression).Run(CelBindings.Empty).Error?.Message);

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(x+x+)+y")]
    public void Patterns_that_backtrack_elsewhere_run_in_linear_time(string pattern)
    {
        var environment = CelEnvironment.Kubernetes().Variable("text", CelType.Text);
        var program = Programs.Compiled(environment, $"text.matches('{pattern}')");
        var text = new string('a', 50_000) + "!" + new string('x', 50_000);

        Assert.Null(program.Run(new CelBindings().Set("text", CelValue.Of(text))).Error);
    }
}
