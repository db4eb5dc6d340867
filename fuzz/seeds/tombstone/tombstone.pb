example/phone:14""2026-03-12 12:32:40.518290770+0200(„0‰8èJ/system/bin/mediaserverRSIGABRTrwhyz
null pointer‚‰‰decoder