/** Values that no setting of the Collector tier takes. */
export const REFUSED_OF_TIER: Record<string, string[]> = {
    "collectorTier.enabled": ["yes", ""],
    "collectorTier.layout": ["", "three"],
    "collectorTier.keep": [
        ...["[]", "true", '{"error":true}', '{"errors":"maybe"}', '{"restPercent":101}', '{"restPercent":-1}'],
        ...['{"slowMs":0}', '{"slowMs":1.5}', '{"slowServices":{"a b":5}}', '{"maxSpansPerSecond":0}'],
        ...[
            '{"always":[{"attribute":"a"}]}',
            '{"always":[{"attribute":"a","values":[]}]}',
            '{"policies":[{"name":"a"}]}',
        ],
    ],
    "collectorTier.routers": ["2", '{"min":0}', '{"max":101}', '{"min":"many"}'],
    "collectorTier.samplers": ["0", "101", "1.5", ""],
    "collectorTier.resolver": ["", "static"],
    "collectorTier.decisionWaitSeconds": ["0", "601", "1.5", ""],
    "collectorTier.waitingTraces": ["99", "10000001", ""],
    "collectorTier.gracePeriodSeconds": ["14", "3601", ""],
    "collectorTier.backends": [
        ...["[]", '{"A":{"address":"a.example.com:1"}}', '{"a":{}}', '{"a":{"address":"a.example.com"}}'],
        ...['{"a":{"address":"http://a.example.com:1"}}', '{"a":{"address":"a.example.com:1","protocol":"zipkin"}}'],
        '{"a":{"address":"a.example.com:1","tls":{"ca":"none"}}}',
    ],
    "collectorTier.exclude": ["[]", '{"paths":["healthz"]}', '{"paths":["/a?b"]}', '{"healthChecks":1}'],
    "collectorTier.redact": ["[]", '{"a b":"delete"}', '{"a":"remove"}'],
    "collectorTier.resourceAttributes": ["[]", '{"a b":"c"}', '{"a":""}', '{"a":5}'],
    "collectorTier.maxAttributeLength": ["15", "65537", "long"],
    "collectorTier.expected": ["5", '{"requestsPerSecond":0}', '{"spansPerRequest":0}', '{"bytesPerSpan":99}'],
    "collectorTier.anyVersion": ["", "0.161"],
    collectorTierHeaders: ["[]", '{"a":"b"}', '{"a":{"x y":"z"}}', '{"a":{"x":"$HOME"}}'],
};
